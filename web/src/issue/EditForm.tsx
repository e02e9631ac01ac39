import { categories, type Issue, severities, type UpdateIssue } from "@faultline/contract";
import type { FormEvent } from "react";
import { useCommands } from "../data/commands.ts";
import { text } from "../text/index.ts";
import { Field } from "../ui/Field.tsx";
import { Options } from "../ui/Options.tsx";

interface EditFormProps {
  readonly issue: Issue;
  readonly onDone: () => void;
}

export function EditForm({ issue, onDone }: EditFormProps) {
  const { update } = useCommands();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const change = changeOf(issue, new FormData(event.currentTarget));
    if (Object.keys(change).length > 0) update(issue, change);
    onDone();
  };
  return (
    <form className="edit" onSubmit={submit}>
      <Field label={text.report.what}>
        <input className="input" name="title" defaultValue={issue.title} maxLength={200} required />
      </Field>
      <div className="pair">
        <Field label={text.board.severity}>
          <select className="input" name="severity" defaultValue={issue.severity}>
            <Options names={severities} labels={text.severity} />
          </select>
        </Field>
        <Field label={text.board.category}>
          <select className="input" name="category" defaultValue={issue.category}>
            <Options names={categories} labels={text.category} />
          </select>
        </Field>
      </div>
      <Field label={text.issue.description}>
        <textarea className="input" name="description" defaultValue={issue.description} maxLength={10_000} />
      </Field>
      <div className="action-row">
        <button type="submit" className="button primary">
          {text.issue.save}
        </button>
        <button type="button" className="button" onClick={onDone}>
          {text.issue.cancel}
        </button>
      </div>
    </form>
  );
}

/** Only what is another than it was, so that it does not undo what somebody else changes meanwhile. */
function changeOf(issue: Issue, data: FormData): UpdateIssue {
  const fields = ["title", "description", "severity", "category"] as const;
  const entries = fields.map((name) => [name, String(data.get(name)).trim()] as const);
  return Object.fromEntries(entries.filter(([name, value]) => value !== issue[name])) as UpdateIssue;
}
