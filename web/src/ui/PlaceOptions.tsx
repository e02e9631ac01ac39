import type { Building, Campus } from "@faultline/contract";

interface PlaceOptionsProps {
  readonly campuses: readonly Campus[];
  readonly buildings: readonly Building[];
  /** Whether a campus can be chosen as a whole; values are then "campus:ID" and "building:ID" rather than a building's id. */
  readonly withCampuses?: boolean;
}

/** The buildings, under their campuses. */
export function PlaceOptions({ campuses, buildings, withCampuses = false }: PlaceOptionsProps) {
  return campuses.map((campus) => (
    <optgroup key={campus.id} label={campus.name}>
      {withCampuses && <option value={`campus:${campus.id}`}>{campus.name}</option>}
      {buildings
        .filter(({ campusId }) => campusId === campus.id)
        .map(({ id, name }) => (
          <option key={id} value={withCampuses ? `building:${id}` : id}>
            {name}
          </option>
        ))}
    </optgroup>
  ));
}
