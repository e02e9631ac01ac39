import { Shape, type ShapeName } from "./icons.tsx";

interface BarButtonProps {
  /** What it does, in full. */
  readonly label: string;
  readonly shape: ShapeName;
  readonly isPrimary?: boolean;
  readonly onClick: () => void;
  /** One word, which narrow screens leave out. */
  readonly children: string;
}

/** A button of the bar at the top. */
export function BarButton({ label, shape, isPrimary = false, onClick, children }: BarButtonProps) {
  return (
    <button
      type="button"
      className={`button bar-button ${isPrimary ? "primary" : ""}`}
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <Shape name={shape} />
      <span>{children}</span>
    </button>
  );
}
