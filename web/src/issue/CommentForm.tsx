import { can, type Issue } from "@faultline/contract";
import { type FormEvent, useId, useState } from "react";
import { useCommands } from "../data/commands.ts";
import { useWorkspace } from "../data/workspace.ts";
import { text } from "../text/index.ts";

export function CommentForm({ issue }: { readonly issue: Issue }) {
  const { principal } = useWorkspace();
  const { comment } = useCommands();
  const [words, setWords] = useState("");
  const id = useId();
  if (!can(principal, "comment", issue)) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    comment(issue, words.trim());
    setWords("");
  };
  return (
    <form className="field" onSubmit={submit}>
      <label htmlFor={id}>{text.issue.comment}</label>
      <textarea
        id={id}
        className="input"
        placeholder={text.issue.commentHint}
        maxLength={5_000}
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <button type="submit" className="button" disabled={words.trim() === ""}>
        {text.issue.send}
      </button>
    </form>
  );
}
