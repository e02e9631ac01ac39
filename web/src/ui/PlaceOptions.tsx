import type { Building, Campus } from "@faultline/contract";

interface PlaceOptionsProps {
  readonly campuses: readonly Campus[];
  readonly buildings: readonly Building[];
  /** Where a campus can be chosen as a whole; values are then "campus:ID" and "building:ID" rather than a building's id. */
  readonly whole?: {
    /** Default: every campus is. */
    readonly isOffered?: (campusId: string) => boolean;
    /** What it is called; its name by default. */
    readonly label?: (campusName: string) => string;
  };
}

/** The buildings, under their campuses. */
export function PlaceOptions({ campuses, buildings, whole }: PlaceOptionsProps) {
  const { isOffered = () => true, label = (name: string) => name } = whole ?? {};
  return campuses.map((campus) => (
    <optgroup key={campus.id} label={campus.name}>
      {whole && isOffered(campus.id) && <option value={`campus:${campus.id}`}>{label(campus.name)}</option>}
      {buildings
        .filter(({ campusId }) => campusId === campus.id)
        .map(({ id, name }) => (
          <option key={id} value={whole ? `building:${id}` : id}>
            {name}
          </option>
        ))}
    </optgroup>
  ));
}
