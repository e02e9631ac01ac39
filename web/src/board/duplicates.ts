/** Issues that may be the one somebody is about to report. */
import { type CreateIssue, type Issue, isUnresolved } from "@faultline/contract";

export type Draft = Pick<CreateIssue, "buildingId" | "title" | "category"> & {
  readonly floor?: string;
  readonly room?: string;
};

/** The least likeness that is worth a look, and the most that are shown. */
const leastScore = 0.45;
const mostShown = 4;

/** Words that say nothing of what is broken. */
const fillers: ReadonlySet<string> = new Set(
  "a an and are at by does for from in is it no not of on or the to with".split(" "),
);

/** The unresolved issues of the draft's building that are most like it, the likest first. */
export function findDuplicates(draft: Draft, issues: readonly Issue[]): readonly Issue[] {
  const words = stemsOf(draft.title);
  if (draft.buildingId === "" || words.size === 0) return [];
  return issues
    .filter((issue) => issue.buildingId === draft.buildingId && isUnresolved(issue))
    .map((issue) => ({ issue, score: scoreOf(draft, words, issue) }))
    .filter(({ score }) => score >= leastScore)
    .sort((a, b) => b.score - a.score)
    .slice(0, mostShown)
    .map(({ issue }) => issue);
}

/** From 0 to above 1: words in common, then the same category and the same room. */
function scoreOf(draft: Draft, words: ReadonlySet<string>, issue: Issue): number {
  const others = stemsOf(`${issue.title} ${issue.description}`);
  const titleWords = stemsOf(issue.title);
  const common = [...words].filter((word) => others.has(word)).length;
  if (common === 0) return 0;
  const overlap = common / Math.max(1, Math.min(words.size, titleWords.size));
  const sameCategory = draft.category === issue.category ? 0.2 : 0;
  const sameRoom = draft.room && draft.room === issue.location?.room ? 0.25 : 0;
  return 0.6 * Math.min(1, overlap) + sameCategory + sameRoom;
}

/** Words without their endings, near enough for "drip", "drips" and "dripping" to be one. */
function stemsOf(content: string): ReadonlySet<string> {
  const words = content.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => !fillers.has(word)).map(stemOf));
}

function stemOf(word: string): string {
  if (word.length <= 4) return word.replace(/s$/, "");
  return word.replace(/(ing|ed|es|s)$/, "").replace(/(.)\1$/, "$1");
}
