import { describe, expect, it } from "vitest";
import { Painter } from "./painter.ts";

/** A browser whose frames take as long as they are told to. */
function paintingBrowser(frameMs: number) {
  let now = 0;
  const due: { readonly at: number; readonly act: () => void }[] = [];
  const painter = new Painter({
    requestFrame: (act) => due.push({ at: now + frameMs, act: () => act(now) }),
    after: (ms, act) => due.push({ at: now + ms, act }),
  });
  const run = (untilMs: number) => {
    for (;;) {
      due.sort((a, b) => a.at - b.at);
      const next = due[0];
      if (!next || next.at > untilMs) return;
      due.shift();
      now = next.at;
      next.act();
    }
  };
  return { painter, run };
}

describe("drawing", () => {
  it("happens once a frame, however often it is asked for", () => {
    const { painter, run } = paintingBrowser(16);
    let count = 0;
    const draw = () => {
      count += 1;
    };
    for (let time = 0; time < 5; time++) painter.request(draw);
    run(1_000);
    expect(count).toBe(1);
    painter.request(draw);
    run(2_000);
    expect(count).toBe(2);
  });

  it.each([
    [16, 62],
    [200, 10],
  ])("that goes on and on has frames of %i ms %i times in a while", (frameMs, expected) => {
    const { painter, run } = paintingBrowser(frameMs);
    let count = 0;
    const draw = () => {
      count += 1;
      painter.request(draw);
    };
    painter.request(draw);
    run(frameMs === 16 ? 1_000 : 10_000);
    expect(count).toBe(expected);
  });

  it("does not happen any more once it is stopped", () => {
    const { painter, run } = paintingBrowser(16);
    let count = 0;
    painter.request(() => {
      count += 1;
    });
    painter.stop();
    run(1_000);
    expect(count).toBe(0);
  });
});
