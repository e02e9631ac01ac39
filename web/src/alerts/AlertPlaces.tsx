import { can } from "@faultline/contract";
import { usePlaces } from "../data/places.ts";
import { useWorkspace } from "../data/workspace.ts";
import { text } from "../text/index.ts";
import { PlaceOptions } from "../ui/PlaceOptions.tsx";

interface AlertPlacesProps {
  readonly value: string;
  readonly onChange: (place: string) => void;
}

/** Where this member may announce maintenance: a campus as a whole only to whom all of it is given. */
export function AlertPlaces({ value, onChange }: AlertPlacesProps) {
  const { principal } = useWorkspace();
  const { campuses, buildings } = usePlaces();
  const mayAt = (campusId: string, buildingId?: string) =>
    can(principal, "alert", { campusId, ...(buildingId !== undefined && { buildingId }) });
  return (
    <select className="input" required value={value} onChange={({ target }) => onChange(target.value)}>
      <option value="">{text.alerts.choose}</option>
      <PlaceOptions
        campuses={campuses}
        buildings={buildings.filter(({ id, campusId }) => mayAt(campusId, id))}
        whole={{ isOffered: (campusId) => mayAt(campusId), label: text.alerts.wholeCampus }}
      />
    </select>
  );
}
