import type { ReactNode } from "react";

interface FieldProps {
  readonly label: string;
  /** The one control. */
  readonly children: ReactNode;
}

/** A control under its name. */
export function Field({ label, children }: FieldProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="field">
      <span>{label}</span>
      {children}
    </label>
  );
}
