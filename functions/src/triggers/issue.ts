/** Every write of an issue's document, whoever made it: what the fast path has not published is published here. */
import { idSchema } from "@faultline/contract";
import { log } from "../log.ts";
import type { Publisher } from "../publisher/index.ts";
import { judge, type Verdict } from "../service/adoption.ts";
import type { Commit, Store } from "../store/index.ts";
import { cellsOf } from "./cells.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface IssueWritten {
  readonly organizationId: string;
  readonly issueId: string;
  /** The document's fields, undefined where there was or is no document. */
  readonly before: Fields | undefined;
  readonly after: Fields | undefined;
}

export interface IssueTriggerDeps {
  readonly store: Pick<Store, "issues" | "history" | "heat">;
  readonly publisher: Publisher;
  /** Default: the clock. */
  readonly now?: () => Date;
}

/** Resolves when nothing is left to publish; rejects, to be called again, while Redis or Firestore is out. */
export type IssueTrigger = (written: IssueWritten) => Promise<void>;

export function createIssueTrigger(deps: IssueTriggerDeps): IssueTrigger {
  const { store, publisher } = deps;
  return async (written) => {
    const { organizationId, issueId } = written;
    const version = ownVersion(written);
    if (version !== undefined) {
      if (await publisher.isPublished(organizationId, issueId, version)) return;
      const activity = await store.history.entry(organizationId, issueId, version);
      if (activity) {
        const cells = await cellsOf(store, organizationId, [
          activity.issue.buildingId,
          ...buildingsOf(written),
        ]);
        await publisher.publishChange({ organizationId, activity, cells });
        return;
      }
    }
    const commit = await adopt(deps, written);
    if (commit) await publisher.publishChange({ organizationId, ...commit });
  };
}

/**
 * The version that this write has if it is one of ours: the next one. Undefined when it can't be: ours always count up,
 * and begin with 1.
 */
function ownVersion({ before, after }: IssueWritten): number | undefined {
  const last = versionOf(before);
  const version = versionOf(after);
  if (!after) return last === undefined ? undefined : last + 1;
  if (version === undefined) return undefined;
  if (!before) return version === 1 ? version : undefined;
  return last === undefined || version > last ? version : undefined;
}

function versionOf(fields: Fields | undefined): number | undefined {
  const version = fields?.version;
  return typeof version === "number" && Number.isSafeInteger(version) && version > 0 ? version : undefined;
}

/** The buildings that the write concerns, as far as they can be buildings. */
function buildingsOf({ before, after }: IssueWritten): readonly string[] {
  return [before?.buildingId, after?.buildingId].flatMap((id) => {
    const parsed = idSchema.safeParse(id);
    return parsed.success ? [parsed.data] : [];
  });
}

/** The write was made past the API: it gets its version and history, and its buildings are counted afresh. */
async function adopt(
  { store, now = () => new Date() }: IssueTriggerDeps,
  written: IssueWritten,
): Promise<Commit | undefined> {
  const { organizationId, issueId: id } = written;
  const time = now().toISOString();
  const verdicts: Verdict[] = [];
  const commit = await store.issues.reconcile({
    organizationId,
    id,
    buildingIds: buildingsOf(written),
    time,
    decide: (state) => {
      const verdict = judge(state, { organizationId, id, time });
      verdicts.push(verdict);
      return verdict.kind === "adopt" ? verdict.write : null;
    },
  });
  report(verdicts.at(-1), { organizationId, issueId: id });
  return commit;
}

/** A malformed document is dropped: trying again can't repair it, writing it again triggers again. */
function report(verdict: Verdict | undefined, issue: { organizationId: string; issueId: string }): void {
  if (verdict?.kind === "adopt") {
    log("INFO", "write adopted", { ...issue, version: verdict.write.activity.version });
  }
  if (verdict?.kind === "malformed") {
    log("ERROR", "document malformed", { ...issue, field: verdict.field, problem: verdict.problem });
  }
}
