/** The drawings of the interface, 18 units square, in the colour of the text beside them. */
import type { Severity, Status } from "@faultline/contract";
import type { ReactNode } from "react";

interface IconProps {
  /** In pixels; default 18. */
  readonly size?: number;
}

function Icon({ size = 18, children }: IconProps & { readonly children: ReactNode }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 18 18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

/** Each severity has a shape of its own; the worse, the fuller. */
const severityShapes: Readonly<Record<Severity, ReactNode>> = {
  low: <circle cx="9" cy="9" r="4.5" />,
  medium: <path d="M9 3 15 9 9 15 3 9Z" />,
  high: <path d="M9 2.5 16.2 15.3H1.8Z" fill="currentColor" />,
  critical: (
    <>
      <path d="M5.8 1.5h6.4l4.3 4.3v6.4l-4.3 4.3H5.8l-4.3-4.3V5.8Z" fill="currentColor" />
      <path d="M9 5v4.6M9 12.6v.1" stroke="var(--raised)" strokeWidth="2.2" />
    </>
  ),
};

export function SeverityIcon({ severity, size }: IconProps & { readonly severity: Severity }) {
  return <Icon {...(size && { size })}>{severityShapes[severity]}</Icon>;
}

const statusShapes: Readonly<Record<Status, ReactNode>> = {
  open: <circle cx="9" cy="9" r="6.2" />,
  in_progress: (
    <>
      <circle cx="9" cy="9" r="6.2" />
      <path d="M9 4.6a4.4 4.4 0 0 1 0 8.8Z" fill="currentColor" stroke="none" />
    </>
  ),
  on_hold: (
    <>
      <circle cx="9" cy="9" r="6.2" />
      <path d="M7.2 6.6v4.8M10.8 6.6v4.8" />
    </>
  ),
  resolved: (
    <>
      <circle cx="9" cy="9" r="7" fill="currentColor" stroke="none" />
      <path d="m5.9 9.2 2.2 2.2 4-4.4" stroke="var(--raised)" />
    </>
  ),
  closed: (
    <>
      <circle cx="9" cy="9" r="6.2" strokeDasharray="2.2 2.4" />
      <path d="M6.4 9h5.2" />
    </>
  ),
};

export function StatusIcon({ status, size }: IconProps & { readonly status: Status }) {
  return <Icon {...(size && { size })}>{statusShapes[status]}</Icon>;
}

const shapes = {
  brand: <path d="M1.5 11h4l2-6.5L10.6 14l1.8-5h4.1" strokeWidth="2" />,
  map: <path d="M2 4.5 6.7 3l4.6 1.5L16 3v10.5L11.3 15l-4.6-1.5L2 15ZM6.7 3v10.5M11.3 4.5V15" />,
  board: <path d="M2.5 4.5h13M2.5 9h13M2.5 13.5h8" />,
  stats: <path d="M3 15V9.5M7 15V4M11 15v-4M15 15V6.5" />,
  wall: <path d="M2 3.5h14v9H2ZM6 15.5h6" />,
  plus: <path d="M9 3.5v11M3.5 9h11" />,
  cross: <path d="m4.5 4.5 9 9M13.5 4.5l-9 9" />,
  search: <path d="M8 13A5 5 0 1 0 8 3a5 5 0 0 0 0 10ZM11.8 11.8 15.5 15.5" />,
  back: <path d="M11 3.5 5.5 9l5.5 5.5" />,
  up: <path d="M9 15V3.5M4.5 8 9 3.5 13.5 8" />,
  fit: <path d="M2.5 6.5v-4h4M11.5 2.5h4v4M15.5 11.5v4h-4M6.5 15.5h-4v-4" />,
  filter: <path d="M2.5 4.5h13M5 9h8M7.5 13.5h3" />,
  tool: (
    <path d="M11.5 2.6a4 4 0 0 0-4.8 5.1L2.6 11.8a2 2 0 0 0 2.8 2.8l4.1-4.1a4 4 0 0 0 5.1-4.8l-2.3 2.3-2.5-.6-.6-2.5Z" />
  ),
  clock: <path d="M9 15.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM9 5.2V9l2.6 1.6" />,
} as const;

export type ShapeName = keyof typeof shapes;

export function Shape({ name, size }: IconProps & { readonly name: ShapeName }) {
  return <Icon {...(size && { size })}>{shapes[name]}</Icon>;
}
