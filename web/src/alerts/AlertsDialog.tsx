/** Maintenance alerts for those who may announce them: what stands, and a new one. */
import { severities } from "@faultline/contract";
import { useState } from "react";
import { useNow } from "../app/now.ts";
import { useAlerts } from "../data/alerts.ts";
import { explain } from "../data/explain.ts";
import { text } from "../text/index.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { Options } from "../ui/Options.tsx";
import { useFields } from "../ui/use-fields.ts";
import { AlertPlaces } from "./AlertPlaces.tsx";
import { type AlertFields, emptyAlert, problemOfEnd, toNewAlert } from "./alert-form.ts";
import { StandingAlerts } from "./StandingAlerts.tsx";
import "./alerts.css";

export function AlertsDialog({ onClose }: { readonly onClose: () => void }) {
  const { create } = useAlerts();
  const [fields, set] = useFields(emptyAlert);
  const [isWorking, setIsWorking] = useState(false);
  const [problem, setProblem] = useState("");
  const submit = async () => {
    setIsWorking(true);
    setProblem("");
    try {
      await create(toNewAlert(fields));
      onClose();
    } catch (error) {
      setProblem(explain(error));
      setIsWorking(false);
    }
  };
  return (
    <Dialog
      title={text.alerts.title}
      submit={isWorking ? text.alerts.working : text.alerts.submit}
      isWorking={isWorking}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <StandingAlerts onProblem={setProblem} />
      <h3>{text.alerts.fresh}</h3>
      <Subject fields={fields} set={set} />
      <Period fields={fields} set={set} />
      <p role="alert">{problem && <span className="problem">{problem}</span>}</p>
    </Dialog>
  );
}

interface PartProps {
  readonly fields: AlertFields;
  readonly set: (change: Partial<AlertFields>) => void;
}

function Subject({ fields, set }: PartProps) {
  return (
    <>
      <div className="pair">
        <Field label={text.alerts.place}>
          <AlertPlaces value={fields.place} onChange={(place) => set({ place })} />
        </Field>
        <Field label={text.alerts.severity}>
          <select
            className="input"
            value={fields.severity}
            onChange={({ target }) => set({ severity: target.value as AlertFields["severity"] })}
          >
            <Options names={severities} labels={text.severity} />
          </select>
        </Field>
      </div>
      <Field label={text.alerts.message}>
        <textarea
          className="input"
          required
          maxLength={1_000}
          placeholder={text.alerts.messageHint}
          value={fields.message}
          onChange={({ target }) => set({ message: target.value })}
        />
      </Field>
    </>
  );
}

function Period({ fields, set }: PartProps) {
  const problem = problemOfEnd(fields, useNow());
  return (
    <div className="pair">
      <Field label={text.alerts.from}>
        <input
          className="input"
          type="datetime-local"
          value={fields.from}
          onChange={({ target }) => set({ from: target.value })}
        />
      </Field>
      <Field label={text.alerts.until}>
        <input
          ref={(input) => input?.setCustomValidity(problem)}
          className="input"
          type="datetime-local"
          value={fields.until}
          onChange={({ target }) => set({ until: target.value })}
        />
      </Field>
    </div>
  );
}
