import { useId } from "react";
import { formatDay, formatNumber } from "../text/format.ts";
import { text } from "../text/index.ts";
import type { Day } from "./series.ts";

const width = 1_100;
const height = 230;
const foot = 26;
const head = 12;
const side = 34;

/** What was reported, as bars, and what was resolved, as a line; and the same as a table. */
export function DayChart({ days }: { readonly days: readonly Day[] }) {
  const id = useId();
  const top = roundUp(Math.max(4, ...days.map(({ reported, resolved }) => Math.max(reported, resolved))));
  return (
    <section className="chart wide" aria-labelledby={id}>
      <header>
        <h2 id={id}>{text.stats.overTime}</h2>
        <p className="key">
          <span className="key-reported">{text.stats.reported}</span>
          <span className="key-resolved">{text.stats.resolved}</span>
        </p>
      </header>
      <svg className="days" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        <Scale top={top} />
        <Marks days={days} top={top} />
      </svg>
      <details className="chart-table">
        <summary>{text.stats.table}</summary>
        <Table days={days} />
      </details>
    </section>
  );
}

const yOf = (value: number, top: number) => head + (1 - value / top) * (height - head - foot);

function Scale({ top }: { readonly top: number }) {
  return [0, top / 2, top].map((value) => (
    <g key={value}>
      <line className="scale" x1={side} x2={width} y1={yOf(value, top)} y2={yOf(value, top)} />
      <text className="scale-figure" x={side - 8} y={yOf(value, top) + 4} textAnchor="end">
        {formatNumber(value)}
      </text>
    </g>
  ));
}

function Marks({ days, top }: { readonly days: readonly Day[]; readonly top: number }) {
  const step = (width - side) / days.length;
  const middle = (index: number) => side + (index + 0.5) * step;
  const line = days.map(({ resolved }, index) => `${middle(index)},${yOf(resolved, top)}`).join(" ");
  return (
    <>
      {days.map(({ start, reported }, index) => (
        <rect
          key={start}
          className="reported"
          x={middle(index) - step * 0.32}
          width={step * 0.64}
          rx="2"
          y={yOf(reported, top)}
          height={yOf(0, top) - yOf(reported, top)}
        />
      ))}
      <polyline className="resolved" points={line} />
      {days.map(({ start, resolved }, index) => (
        <circle key={start} className="resolved-point" cx={middle(index)} cy={yOf(resolved, top)} r="3" />
      ))}
      {days.map(
        ({ start }, index) =>
          (days.length - 1 - index) % 7 === 0 && (
            <text key={start} className="scale-figure" x={middle(index)} y={height - 6} textAnchor="middle">
              {formatDay(start)}
            </text>
          ),
      )}
    </>
  );
}

function Table({ days }: { readonly days: readonly Day[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{text.stats.day}</th>
          <th scope="col">{text.stats.reported}</th>
          <th scope="col">{text.stats.resolved}</th>
        </tr>
      </thead>
      <tbody>
        {days.map(({ start, reported, resolved }) => (
          <tr key={start}>
            <th scope="row">{formatDay(start)}</th>
            <td>{formatNumber(reported)}</td>
            <td>{formatNumber(resolved)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The next round number whose half is a whole one. */
function roundUp(value: number): number {
  const step = value <= 20 ? 2 : 10 ** Math.floor(Math.log10(value));
  return Math.ceil(value / step) * step;
}
