/** Numbers and times for people, in the language of the page. */
import { text } from "./index.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const relative = new Intl.RelativeTimeFormat(text.language, { numeric: "auto", style: "narrow" });
const clock = new Intl.DateTimeFormat(text.language, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const moment = new Intl.DateTimeFormat(text.language, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const weekday = new Intl.DateTimeFormat(text.language, { weekday: "long", day: "numeric", month: "long" });
const dayOfMonth = new Intl.DateTimeFormat(text.language, { day: "numeric", month: "short" });
const numbers = new Intl.NumberFormat(text.language);

export const formatNumber = (value: number): string => numbers.format(value);
/** 14:05 */
export const formatClock = (time: string | number): string => clock.format(new Date(time));
/** 3 Mar, 14:05 */
export const formatMoment = (time: string | number): string => moment.format(new Date(time));
/** Tuesday, 3 March */
export const formatWeekday = (time: string | number): string => weekday.format(new Date(time));
/** 3 Mar */
export const formatDay = (time: string | number): string => dayOfMonth.format(new Date(time));

/** "5 min ago", "in 3 hr", "just now". */
export function formatRelative(time: string | number, now: number): string {
  const difference = new Date(time).getTime() - now;
  const size = Math.abs(difference);
  if (size < minuteMs) return text.time.now;
  if (size < hourMs) return relative.format(Math.trunc(difference / minuteMs), "minute");
  if (size < dayMs) return relative.format(Math.trunc(difference / hourMs), "hour");
  return relative.format(Math.trunc(difference / dayMs), "day");
}

/** "3d", "45m": the largest unit that fits, one decimal where that says more. */
export function formatDuration(milliseconds: number): string {
  const [size, unit] = unitOf(milliseconds);
  const value = milliseconds / size;
  return new Intl.NumberFormat(text.language, {
    style: "unit",
    unit,
    unitDisplay: "narrow",
    maximumFractionDigits: value < 10 && unit !== "minute" ? 1 : 0,
  }).format(value);
}

function unitOf(milliseconds: number): readonly [number, "minute" | "hour" | "day"] {
  if (milliseconds < hourMs) return [minuteMs, "minute"];
  return milliseconds < 2 * dayMs ? [hourMs, "hour"] : [dayMs, "day"];
}
