import { type FormEvent, type ReactNode, useEffect, useId, useRef } from "react";
import { text } from "../text/index.ts";
import { Shape } from "./icons.tsx";
import "./dialog.css";

interface DialogProps {
  readonly title: string;
  /** What the button says that submits. */
  readonly submit: string;
  readonly isWorking?: boolean;
  /** Only called when all fields are valid. */
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A form in front of everything else; Escape and the cross close it. */
export function Dialog({ title, submit, isWorking = false, onSubmit, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const take = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={titleId} onCancel={onClose}>
      <form onSubmit={take}>
        <div className="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <button
            type="button"
            className="button plain icon"
            onClick={onClose}
            aria-label={text.dialog.close}
          >
            <Shape name="cross" />
          </button>
        </div>
        {children}
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            {text.dialog.cancel}
          </button>
          <button type="submit" className="button primary" disabled={isWorking}>
            {submit}
          </button>
        </div>
      </form>
    </dialog>
  );
}
