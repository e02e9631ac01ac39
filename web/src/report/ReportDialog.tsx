/** Reporting an issue; what is reported already is offered before it is reported again. */
import type { CreateIssue } from "@faultline/contract";
import { useDeferredValue, useMemo } from "react";
import { findDuplicates } from "../board/duplicates.ts";
import { useCommands } from "../data/commands.ts";
import { useIssues } from "../data/issues.ts";
import { usePlaces } from "../data/places.ts";
import { text } from "../text/index.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { PlaceOptions } from "../ui/PlaceOptions.tsx";
import { useFields } from "../ui/use-fields.ts";
import { Details } from "./Details.tsx";
import { Duplicates } from "./Duplicates.tsx";
import { emptyReport, type Report, type ReportPartProps, toNewIssue } from "./report.ts";
import { SeverityChoice } from "./SeverityChoice.tsx";
import "./report.css";

export function ReportDialog({ onClose }: { readonly onClose: () => void }) {
  const [report, set] = useFields(emptyReport);
  const { create } = useCommands();
  const { buildings } = usePlaces();
  const submit = () => {
    const building = buildings.find(({ id }) => id === report.buildingId);
    if (!building) return;
    create(toNewIssue(report, building) satisfies CreateIssue);
    onClose();
  };
  return (
    <Dialog title={text.report.title} submit={text.report.submit} onSubmit={submit} onClose={onClose}>
      <Subject report={report} set={set} />
      <Likely report={report} onPick={onClose} />
      <SeverityChoice report={report} set={set} />
      <Details report={report} set={set} />
    </Dialog>
  );
}

function Subject({ report, set }: ReportPartProps) {
  const { campuses, buildings } = usePlaces();
  return (
    <>
      <Field label={text.report.building}>
        <select
          className="input"
          required
          value={report.buildingId}
          onChange={({ target }) => set({ buildingId: target.value })}
        >
          <option value="">{text.report.choose}</option>
          <PlaceOptions campuses={campuses} buildings={buildings} />
        </select>
      </Field>
      <Field label={text.report.what}>
        <input
          className="input"
          required
          maxLength={200}
          placeholder={text.report.whatHint}
          value={report.title}
          onChange={({ target }) => set({ title: target.value })}
        />
      </Field>
    </>
  );
}

function Likely({ report, onPick }: { readonly report: Report; readonly onPick: () => void }) {
  const { issues } = useIssues();
  // The search must not hold up the typing.
  const draft = useDeferredValue(report);
  const found = useMemo(() => findDuplicates(draft, issues), [draft, issues]);
  return <Duplicates issues={found} onPick={onPick} />;
}
