/** Reporting an issue; what is reported already is offered before it is reported again. */
import { type CreateIssue, categories, severities } from "@faultline/contract";
import {
  type Dispatch,
  type FormEvent,
  type SetStateAction,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { findDuplicates } from "../board/duplicates.ts";
import { useCommands } from "../data/commands.ts";
import { useIssues } from "../data/issues.ts";
import { usePlaces } from "../data/places.ts";
import { text } from "../text/index.ts";
import { SeverityIcon, Shape } from "../ui/icons.tsx";
import { PlaceOptions } from "../ui/PlaceOptions.tsx";
import { Duplicates } from "./Duplicates.tsx";
import { emptyReport, type Report, toNewIssue } from "./report.ts";
import "./report.css";

interface FormProps {
  readonly report: Report;
  readonly set: (change: Partial<Report>) => void;
}

export function ReportDialog({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [report, setReport] = useState(emptyReport);
  const { create } = useCommands();
  const { buildings } = usePlaces();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const building = buildings.find(({ id }) => id === report.buildingId);
    if (!building) return;
    create(toNewIssue(report, building) satisfies CreateIssue);
    onClose();
  };
  const set = setterOf(setReport);
  return (
    <dialog ref={dialog} className="report" aria-labelledby="report-title" onCancel={onClose}>
      <form onSubmit={submit}>
        <div className="report-head">
          <h2 id="report-title">{text.report.title}</h2>
          <button
            type="button"
            className="button plain icon"
            onClick={onClose}
            aria-label={text.report.cancel}
          >
            <Shape name="cross" />
          </button>
        </div>
        <Subject report={report} set={set} />
        <Likely report={report} onPick={onClose} />
        <Severity report={report} set={set} />
        <Details report={report} set={set} />
        <div className="report-foot">
          <button type="button" className="button" onClick={onClose}>
            {text.report.cancel}
          </button>
          <button type="submit" className="button primary">
            {text.report.submit}
          </button>
        </div>
      </form>
    </dialog>
  );
}

const setterOf = (setReport: Dispatch<SetStateAction<Report>>) => (change: Partial<Report>) =>
  setReport((before) => ({ ...before, ...change }));

function Subject({ report, set }: FormProps) {
  const { campuses, buildings } = usePlaces();
  return (
    <>
      <label className="field">
        <span>{text.report.building}</span>
        <select
          className="input"
          required
          value={report.buildingId}
          onChange={(event) => set({ buildingId: event.target.value })}
        >
          <option value="">{text.report.choose}</option>
          <PlaceOptions campuses={campuses} buildings={buildings} />
        </select>
      </label>
      <label className="field">
        <span>{text.report.what}</span>
        <input
          className="input"
          required
          maxLength={200}
          placeholder={text.report.whatHint}
          value={report.title}
          onChange={(event) => set({ title: event.target.value })}
        />
      </label>
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

function Severity({ report, set }: FormProps) {
  return (
    <fieldset className="severities">
      <legend>{text.report.severity}</legend>
      {severities.map((severity) => (
        <label key={severity} className={`severity-${severity}`}>
          <input
            type="radio"
            name="severity"
            checked={report.severity === severity}
            onChange={() => set({ severity })}
          />
          <SeverityIcon severity={severity} size={22} />
          <strong>{text.severity[severity]}</strong>
          <small>{text.report.severityHelp[severity]}</small>
        </label>
      ))}
    </fieldset>
  );
}

function Details({ report, set }: FormProps) {
  const { buildings } = usePlaces();
  const rooms = buildings.find(({ id }) => id === report.buildingId)?.rooms ?? [];
  return (
    <>
      <div className="thirds">
        <label className="field">
          <span>{text.report.category}</span>
          <select
            className="input"
            value={report.category}
            onChange={(event) => set({ category: event.target.value as Report["category"] })}
          >
            {categories.map((category) => (
              <option key={category} value={category}>
                {text.category[category]}
              </option>
            ))}
          </select>
        </label>
        <OptionalText label={text.report.floor} name="floor" longest={32} report={report} set={set} />
        <OptionalText
          label={text.report.room}
          name="room"
          longest={64}
          report={report}
          set={set}
          list="report-rooms"
        />
        <datalist id="report-rooms">
          {rooms.map((room) => (
            <option key={room} value={room} />
          ))}
        </datalist>
      </div>
      <label className="field">
        <span>
          {text.report.description} ({text.report.optional})
        </span>
        <textarea
          className="input"
          maxLength={10_000}
          value={report.description}
          onChange={(event) => set({ description: event.target.value })}
        />
      </label>
    </>
  );
}

interface OptionalTextProps extends FormProps {
  readonly label: string;
  readonly name: "floor" | "room";
  readonly longest: number;
  readonly list?: string;
}

function OptionalText({ label, name, longest, list, report, set }: OptionalTextProps) {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        className="input"
        placeholder={text.report.optional}
        maxLength={longest}
        {...(list !== undefined && { list })}
        value={report[name]}
        onChange={(event) => set({ [name]: event.target.value })}
      />
    </label>
  );
}
