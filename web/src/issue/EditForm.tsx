import { categories, type Issue, severities, type UpdateIssue } from "@faultline/contract";
import type { FormEvent } from "react";
import { useCommands } from "../data/commands.ts";
import { text } from "../text/index.ts";

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
      <label className="field">
        <span>{text.report.what}</span>
        <input className="input" name="title" defaultValue={issue.title} maxLength={200} required />
      </label>
      <div className="pair">
        <label className="field">
          <span>{text.board.severity}</span>
          <select className="input" name="severity" defaultValue={issue.severity}>
            {severities.map((severity) => (
              <option key={severity} value={severity}>
                {text.severity[severity]}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{text.board.category}</span>
          <select className="input" name="category" defaultValue={issue.category}>
            {categories.map((category) => (
              <option key={category} value={category}>
                {text.category[category]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label className="field">
        <span>{text.issue.description}</span>
        <textarea className="input" name="description" defaultValue={issue.description} maxLength={10_000} />
      </label>
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
