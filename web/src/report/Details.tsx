import { categories } from "@faultline/contract";
import { useId } from "react";
import { usePlaces } from "../data/places.ts";
import { text } from "../text/index.ts";
import { Field } from "../ui/Field.tsx";
import { Options } from "../ui/Options.tsx";
import type { Report, ReportPartProps } from "./report.ts";

/** What helps to find and mend it, but need not be known. */
export function Details({ report, set }: ReportPartProps) {
  return (
    <>
      <div className="thirds">
        <Field label={text.report.category}>
          <select
            className="input"
            value={report.category}
            onChange={({ target }) => set({ category: target.value as Report["category"] })}
          >
            <Options names={categories} labels={text.category} />
          </select>
        </Field>
        <Where report={report} set={set} />
      </div>
      <Field label={`${text.report.description} (${text.report.optional})`}>
        <textarea
          className="input"
          maxLength={10_000}
          value={report.description}
          onChange={({ target }) => set({ description: target.value })}
        />
      </Field>
    </>
  );
}

/** Floor and room; the building's rooms are suggested where they are known. */
function Where({ report, set }: ReportPartProps) {
  const { buildings } = usePlaces();
  const listId = useId();
  const rooms = buildings.find(({ id }) => id === report.buildingId)?.rooms ?? [];
  return (
    <>
      <Field label={text.report.floor}>
        <input
          className="input"
          placeholder={text.report.optional}
          maxLength={32}
          value={report.floor}
          onChange={({ target }) => set({ floor: target.value })}
        />
      </Field>
      <Field label={text.report.room}>
        <input
          className="input"
          placeholder={text.report.optional}
          maxLength={64}
          list={listId}
          value={report.room}
          onChange={({ target }) => set({ room: target.value })}
        />
      </Field>
      <datalist id={listId}>
        {rooms.map((room) => (
          <option key={room} value={room} />
        ))}
      </datalist>
    </>
  );
}
