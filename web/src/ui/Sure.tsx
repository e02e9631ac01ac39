import { useState } from "react";

interface SureProps {
  readonly label: string;
  readonly question: string;
  readonly yes: string;
  readonly no: string;
  readonly onYes: () => void;
}

/** A button for what can't be undone: it asks first. */
export function Sure({ label, question, yes, no, onYes }: SureProps) {
  const [isAsking, setIsAsking] = useState(false);
  if (!isAsking) {
    return (
      <button type="button" className="button danger" onClick={() => setIsAsking(true)}>
        {label}
      </button>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: two buttons and a question, not a set of fields
    <div className="action-row sure" role="group" aria-label={question}>
      <span>{question}</span>
      <button type="button" className="button danger" onClick={onYes}>
        {yes}
      </button>
      <button type="button" className="button" onClick={() => setIsAsking(false)}>
        {no}
      </button>
    </div>
  );
}
