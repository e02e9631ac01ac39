import { usePlaces } from "../data/places.ts";
import { text } from "../text/index.ts";
import type { ShownCampus } from "./campuses.ts";

interface CampusChoiceProps {
  readonly shown: ShownCampus | undefined;
  readonly onChoose: (campus: ShownCampus) => void;
}

/** Which campus the map shows; nothing where there is only one. */
export function CampusChoice({ shown, onChoose }: CampusChoiceProps) {
  const { campuses } = usePlaces();
  if (campuses.length < 2) return null;
  const choices = [...campuses.map(({ id, name }) => ({ id, name })), { id: "all", name: text.map.all }];
  return (
    <fieldset className="campus-choice segments">
      <legend className="sr-only">{text.map.campus}</legend>
      {choices.map(({ id, name }) => (
        <label key={id}>
          <input type="radio" name="campus" checked={shown === id} onChange={() => onChoose(id)} />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
