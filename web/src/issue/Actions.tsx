/** What this member may do to this issue, and nothing else. */
import { can, type Issue, type MoveName, moveNames, moves } from "@faultline/contract";
import { useId, useState } from "react";
import { useCommands } from "../data/commands.ts";
import { usePeople } from "../data/people.ts";
import { useWorkspace } from "../data/workspace.ts";
import { text } from "../text/index.ts";
import { Sure } from "../ui/Sure.tsx";

interface ActionsProps {
  readonly issue: Issue;
  readonly onEdit: () => void;
  readonly onDeleted: () => void;
}

export function Actions({ issue, onEdit, onDeleted }: ActionsProps) {
  const { principal } = useWorkspace();
  const may = (action: Parameters<typeof can>[1]) => can(principal, action, issue);
  return (
    <div className="actions">
      {may("work") && <Moves issue={issue} />}
      {may("assign") && <Assign issue={issue} />}
      {(may("edit") || may("delete")) && (
        <div className="action-row">
          {may("edit") && (
            <button type="button" className="button" onClick={onEdit}>
              {text.issue.edit}
            </button>
          )}
          {may("delete") && <Delete issue={issue} onDeleted={onDeleted} />}
        </div>
      )}
    </div>
  );
}

/** The step that most issues take next is the prominent one. */
const prominent: ReadonlySet<MoveName> = new Set(["start", "resolve"]);

function Moves({ issue }: { readonly issue: Issue }) {
  const { move } = useCommands();
  const [note, setNote] = useState("");
  const noteId = useId();
  const possible = moveNames.filter((name) => (moves[name].from as readonly string[]).includes(issue.status));
  const first = possible.find((name) => prominent.has(name));
  const take = (name: MoveName) => {
    move(issue, name, note.trim() || undefined);
    setNote("");
  };
  return (
    <fieldset className="moves">
      <legend>{text.issue.steps}</legend>
      <div className="action-row">
        {possible.map((name) => (
          <button
            key={name}
            type="button"
            className={name === first ? "button primary" : "button"}
            onClick={() => take(name)}
          >
            {text.move[name]}
          </button>
        ))}
      </div>
      <div className="field">
        <label htmlFor={noteId}>{text.issue.note}</label>
        <input
          id={noteId}
          className="input"
          placeholder={text.issue.noteHint}
          maxLength={5_000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </div>
    </fieldset>
  );
}

function Assign({ issue }: { readonly issue: Issue }) {
  const { principal } = useWorkspace();
  const { members } = usePeople();
  const { assign } = useCommands();
  const id = useId();
  const candidates = members.filter((member) =>
    can({ ...principal, ...member, name: member.name ?? "" }, "work", { ...issue, assigneeId: member.uid }),
  );
  return (
    <div className="field">
      <label htmlFor={id}>{text.issue.assign}</label>
      <div className="action-row">
        <select
          id={id}
          className="input"
          value={issue.assigneeId ?? ""}
          onChange={({ target }) => assign(issue, target.value === "" ? null : target.value)}
        >
          <option value="">{text.people.nobody}</option>
          {candidates.map(({ uid, name }) => (
            <option key={uid} value={uid}>
              {uid === principal.uid ? text.people.you : (name ?? uid)}
            </option>
          ))}
        </select>
        {issue.assigneeId !== principal.uid && (
          <button type="button" className="button" onClick={() => assign(issue, principal.uid)}>
            {text.issue.takeIt}
          </button>
        )}
      </div>
    </div>
  );
}

function Delete({ issue, onDeleted }: Omit<ActionsProps, "onEdit">) {
  const { remove } = useCommands();
  const confirm = () => {
    remove(issue);
    onDeleted();
  };
  return (
    <Sure
      label={text.issue.delete}
      question={text.issue.deleteSure}
      yes={text.issue.deleteYes}
      no={text.issue.cancel}
      onYes={confirm}
    />
  );
}
