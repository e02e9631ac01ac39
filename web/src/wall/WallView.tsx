/** A display for the corridor: full screen, nothing to press, live for as long as it hangs there. */
import { type Issue, isUnresolved } from "@faultline/contract";
import { lazy, Suspense, useEffect, useMemo } from "react";
import { useLocation } from "wouter";
import { useNow } from "../app/now.ts";
import { routes } from "../app/routes.ts";
import { sortIssues } from "../board/sorting.ts";
import { ToneIcon, toneOf } from "../connection/tone.tsx";
import { useConnectionState } from "../data/connection.ts";
import { useIssues } from "../data/issues.ts";
import { useScopedStats } from "../data/stats.ts";
import { AlertBanners } from "../notices/AlertBanners.tsx";
import { Tiles } from "../stats/Tiles.tsx";
import { formatClock, formatWeekday } from "../text/format.ts";
import { text } from "../text/index.ts";
import { Ticker } from "./Ticker.tsx";
import { useAwake } from "./use-awake.ts";
import "../map/map.css";
import "../stats/stats.css";
import "./wall.css";

const LiveMap = lazy(() => import("../map/LiveMap.tsx"));

/** More than a display has room for; what does not fit is left out as whole rows. */
const mostUrgent = 5;
const mostLatest = 8;

export default function WallView() {
  useAwake();
  useReconnecting();
  useEscape();
  const { stats, issues } = useScopedStats("");
  const urgent = useMemo(
    () => sortIssues(issues.filter(isPressing), "severity").slice(0, mostUrgent),
    [issues],
  );
  const latest = useMemo(() => sortIssues(issues, "updated").slice(0, mostLatest), [issues]);
  return (
    <main className="wall">
      <h1 className="sr-only">{text.wall.title}</h1>
      <Head />
      <Suspense fallback={<div className="live-map" />}>
        <LiveMap />
      </Suspense>
      <div className="wall-side">
        <Tiles stats={stats} issues={issues} />
        <Ticker title={text.wall.urgent} issues={urgent} empty={text.wall.calm} />
        <Ticker title={text.wall.latest} issues={latest} isByChange />
      </div>
      <AlertBanners isStill />
    </main>
  );
}

const isPressing = (issue: Issue) =>
  isUnresolved(issue) && (issue.severity === "critical" || issue.severity === "high");

function Head() {
  const now = useNow(1_000);
  const { phase, since } = useConnectionState();
  const { phase: loading } = useIssues();
  const tone = toneOf(phase);
  return (
    <header className="wall-head" data-stale={tone === "bad"}>
      <p className="wall-clock figures">{formatClock(now)}</p>
      <p className="soft">{formatWeekday(now)}</p>
      <p className="badge" data-tone={tone} role="status">
        <ToneIcon tone={tone} />
        {tone === "bad"
          ? text.wall.stale
          : loading === "loading"
            ? text.board.loading
            : text.connection[phase]}
      </p>
      {tone === "bad" && <p className="wall-stale">{text.wall.staleSince(formatClock(since))}</p>}
    </header>
  );
}

/** Even a close that is final for everybody else is tried again: nobody is there to press a button. */
function useReconnecting(everyMs = 30_000): void {
  const { phase, retry } = useConnectionState();
  useEffect(() => {
    if (phase !== "closed") return;
    const timer = setInterval(retry, everyMs);
    return () => clearInterval(timer);
  }, [phase, retry, everyMs]);
}

/** The way out, for who has a keyboard. */
function useEscape(): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === "Escape") navigate(routes.map());
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [navigate]);
}
