import { type ReactNode, useId } from "react";
import { formatNumber } from "../text/format.ts";

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly icon?: ReactNode;
  /** Gives the bar its colour; the accent by default. */
  readonly className?: string;
}

interface BarChartProps {
  readonly title: string;
  readonly bars: readonly Bar[];
}

/** Bars that lie, each with its name and figure: a list to who can't see them. */
export function BarChart({ title, bars }: BarChartProps) {
  const id = useId();
  const longest = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <section className="chart" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ul className="bars">
        {bars.map(({ label, value, icon, className }) => (
          <li key={label}>
            <span className={`mark bar-label ${className ?? ""}`}>
              {icon}
              <span>{label}</span>
            </span>
            <svg
              className={`bar ${className ?? ""}`}
              aria-hidden="true"
              preserveAspectRatio="none"
              viewBox="0 0 100 10"
            >
              <rect className="bar-track" width="100" height="10" />
              <rect
                className="bar-value"
                width="100"
                height="10"
                style={{ transform: `scaleX(${value / longest})` }}
              />
            </svg>
            <span className="figures bar-figure">{formatNumber(value)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
