/**
 * What is known of issues: the newest version that the server told of, and over it the writes that it has not answered.
 * No version goes back, and what was deleted stays so.
 */
import type { Issue, IssueEvent } from "@faultline/contract";

/** An issue as it is shown. */
export interface WatchedIssue extends Issue {
  /** Whether a write of this page is in it that the server has not confirmed. */
  readonly isPending: boolean;
}

/** A write that is not answered yet: what it makes of the issue. Applying it to its own outcome MUST change nothing. */
export interface Overlay {
  readonly issueId: string;
  /** Undefined: there is no such issue. */
  apply(issue: Issue | undefined): Issue | undefined;
}

interface Known {
  readonly issue: Issue;
  /** When it was learnt: the beginning of the newest request, or the event, that told of it. */
  readonly at: number;
}

interface Gone {
  /** Only what is newer than this can come back; nothing, after a deletion. */
  readonly version: number;
  readonly at: number;
}

/** Deletions are remembered for as long as something older may still be on its way. */
const mostGone = 2_000;

export type CacheListener = (ids: ReadonlySet<string>) => void;

export class IssueCache {
  readonly #known = new Map<string, Known>();
  readonly #gone = new Map<string, Gone>();
  readonly #overlays = new Map<string, readonly Overlay[]>();
  readonly #shown = new Map<string, WatchedIssue>();
  readonly #listeners = new Set<CacheListener>();
  /** Counts what is learnt and asked, so that an answer is known to be older than an event. */
  #time = 0;
  #changed: Set<string> | undefined;

  /** The moment at which a request begins: what it tells is as of then, at the earliest. */
  now(): number {
    this.#time += 1;
    return this.#time;
  }

  /** The issue as it is shown; the same object until something in it has changed. */
  get(id: string): WatchedIssue | undefined {
    const shown = this.#shown.get(id);
    if (shown) return shown;
    const overlays = this.#overlays.get(id) ?? [];
    const truth: Issue | undefined = this.#known.get(id)?.issue;
    const issue = overlays.reduce((before, overlay) => overlay.apply(before), truth);
    if (!issue) return undefined;
    const watched = { ...issue, isPending: overlays.length > 0 };
    this.#shown.set(id, watched);
    return watched;
  }

  /** What the server told of it last. */
  truth(id: string): Issue | undefined {
    return this.#known.get(id)?.issue;
  }

  /** The ids of all issues that may be shown. */
  ids(): Iterable<string> {
    return new Set([...this.#known.keys(), ...this.#overlays.keys()]);
  }

  /** What the server told before `at`. */
  *learntBefore(at: number): Iterable<Issue> {
    for (const known of this.#known.values()) if (known.at < at) yield known.issue;
  }

  /** Takes in an issue that a request told of which began at `at`. */
  learn(issue: Issue, at: number): void {
    const { id, version } = issue;
    const gone = this.#gone.get(id);
    if (gone && (version < gone.version || (version === gone.version && at <= gone.at))) return;
    const known = this.#known.get(id);
    if (known && known.issue.version >= version) {
      this.#known.set(id, { issue: known.issue, at: Math.max(known.at, at) });
      return;
    }
    this.#known.set(id, { issue, at: Math.max(known?.at ?? 0, at) });
    this.#touch(id);
  }

  take({ type, data }: IssueEvent): void {
    if (type === "issue:deleted") this.delete(data.issue.id);
    else this.learn(data.issue, this.now());
  }

  /** It is deleted: ids are not given twice, so nothing brings it back. */
  delete(id: string): void {
    this.#bury(id, Number.POSITIVE_INFINITY);
    if (this.#known.delete(id)) this.#touch(id);
  }

  /** The server does not have it any more where it was, or not for this user; a newer version may come back. */
  forget(ids: Iterable<string>): void {
    this.batch(() => {
      for (const id of ids) {
        const known = this.#known.get(id);
        if (!known) continue;
        this.#bury(id, known.issue.version);
        this.#known.delete(id);
        this.#touch(id);
      }
    });
  }

  /** Nobody follows what is not kept: it is as if it had never been known. */
  keep(isKept: (issue: Issue) => boolean): void {
    this.batch(() => {
      for (const { issue } of [...this.#known.values()]) {
        if (isKept(issue)) continue;
        this.#known.delete(issue.id);
        this.#touch(issue.id);
      }
    });
  }

  lay(overlay: Overlay): void {
    this.#overlays.set(overlay.issueId, [...(this.#overlays.get(overlay.issueId) ?? []), overlay]);
    this.#touch(overlay.issueId);
  }

  lift(overlay: Overlay): void {
    const rest = (this.#overlays.get(overlay.issueId) ?? []).filter((other) => other !== overlay);
    if (rest.length === 0) this.#overlays.delete(overlay.issueId);
    else this.#overlays.set(overlay.issueId, rest);
    this.#touch(overlay.issueId);
  }

  /** Tells listeners once, of all that `act` changes. */
  batch(act: () => void): void {
    if (this.#changed) {
      act();
      return;
    }
    const changed = new Set<string>();
    this.#changed = changed;
    try {
      act();
    } finally {
      this.#changed = undefined;
    }
    if (changed.size > 0) for (const listener of [...this.#listeners]) listener(changed);
  }

  subscribe(listener: CacheListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #touch(id: string): void {
    this.#shown.delete(id);
    this.batch(() => this.#changed?.add(id));
  }

  #bury(id: string, version: number): void {
    const before = this.#gone.get(id);
    this.#gone.delete(id);
    this.#gone.set(id, { version: Math.max(version, before?.version ?? 0), at: this.now() });
    for (const oldest of this.#gone.keys()) {
      if (this.#gone.size <= mostGone) break;
      this.#gone.delete(oldest);
    }
  }
}
