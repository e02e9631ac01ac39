import { useId, useRef } from "react";
import { formatDay, formatNumber } from "../text/format.ts";
import { text } from "../text/index.ts";
import type { Day } from "./series.ts";
import { useWidth } from "./use-width.ts";

const foot = 26;
const head = 12;
const side = 34;
/** Half of the longest date. */
const dateReach = 22;

/** In pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** What was reported, as bars, and what was resolved, as a line; and the same as a table. */
export function DayChart({ days }: { readonly days: readonly Day[] }) {
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame, 1_100);
  const size = { width, height: Math.min(300, Math.max(190, width * 0.21)) };
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
      <div ref={frame}>
        <svg className="days" height={size.height} aria-hidden="true">
          <Scale size={size} top={top} />
          <Marks days={days} size={size} top={top} />
        </svg>
      </div>
      <details className="chart-table">
        <summary>{text.stats.table}</summary>
        <Table days={days} />
      </details>
    </section>
  );
}

const yOf = (value: number, top: number, { height }: Size) =>
  head + (1 - value / top) * (height - head - foot);

interface PartProps {
  readonly size: Size;
  /** The value at the upper end. */
  readonly top: number;
}

function Scale({ size, top }: PartProps) {
  return [0, top / 2, top].map((value) => (
    <g key={value}>
      <line
        className="scale"
        x1={side}
        x2={size.width}
        y1={yOf(value, top, size)}
        y2={yOf(value, top, size)}
      />
      <text className="scale-figure" x={side - 8} y={yOf(value, top, size) + 4} textAnchor="end">
        {formatNumber(value)}
      </text>
    </g>
  ));
}

function Marks({ days, size, top }: PartProps & { readonly days: readonly Day[] }) {
  const { width, height } = size;
  const yAt = (value: number) => yOf(value, top, size);
  const step = (width - side) / days.length;
  const middle = (index: number) => side + (index + 0.5) * step;
  const line = days.map(({ resolved }, index) => `${middle(index)},${yAt(resolved)}`).join(" ");
  return (
    <>
      {days.map(({ start, reported }, index) => (
        <rect
          key={start}
          className="reported"
          x={middle(index) - step * 0.32}
          width={step * 0.64}
          rx="2"
          y={yAt(reported)}
          height={yAt(0) - yAt(reported)}
        />
      ))}
      <polyline className="resolved" points={line} />
      {days.map(({ start, resolved }, index) => (
        <circle key={start} className="resolved-point" cx={middle(index)} cy={yAt(resolved)} r="3" />
      ))}
      {days.map(
        ({ start }, index) =>
          (days.length - 1 - index) % 7 === 0 && (
            <text
              key={start}
              className="scale-figure"
              x={Math.min(middle(index), width - dateReach)}
              y={height - 6}
              textAnchor="middle"
            >
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
