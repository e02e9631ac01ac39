/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Noted in the page: when the board has which rows. */

export interface Rows {
  /** When the board had its first row, and when all, in milliseconds since the navigation; 0: not yet. */
  readonly firstAt: number;
  readonly wholeAt: number;
  /** Resolves with the moment at which a row with all these words is in the document. */
  rowWith(words: readonly string[]): Promise<number>;
  /** From now on, notes when each title that begins like this came. */
  noteTitles(prefix: string): void;
  readonly titles: Readonly<Record<string, number>>;
}

declare global {
  var rows: Rows;
}

/** Runs in the page before anything of the page's own; it is sent there as text, and can use nothing outside itself. */
export function installRows(): void {
  const opened = { firstAt: 0, wholeAt: 0 };
  const titles: Record<string, number> = {};
  const wallClock = () => performance.timeOrigin + performance.now();
  const textsOf = (selector: string) =>
    [...document.querySelectorAll(selector)].map(({ textContent }) => textContent ?? "");
  /** Looks now and after every change of the document, until `look` says that it has seen enough. */
  const watch = (look: () => boolean) => {
    const observer = new MutationObserver(() => look() && observer.disconnect());
    if (!look())
      observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  };
  watch(() => {
    if (document.querySelector(".row-title")) opened.firstAt ||= performance.now();
    if (opened.firstAt > 0 && document.querySelector('.grid[aria-busy="false"]'))
      opened.wholeAt ||= performance.now();
    return opened.wholeAt > 0;
  });
  globalThis.rows = {
    get firstAt() {
      return opened.firstAt;
    },
    get wholeAt() {
      return opened.wholeAt;
    },
    titles,
    rowWith: (words) =>
      new Promise((resolve) =>
        watch(() => {
          const isThere = textsOf(".grid-body .row").some((text) =>
            words.every((word) => text.includes(word)),
          );
          if (isThere) resolve(wallClock());
          return isThere;
        }),
      ),
    noteTitles: (prefix) =>
      watch(() => {
        for (const title of textsOf(".grid-body .row-title"))
          if (title.startsWith(prefix)) titles[title] ??= wallClock();
        return false;
      }),
  };
}
