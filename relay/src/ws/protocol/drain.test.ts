/** The relay's own end, as each line sees it. */
import { describe, expect, it } from "vitest";
import { useFirestore } from "../../../test/services.ts";
import { fronts } from "../ws.ts";
import { payloadOf, Setting } from "./fronts.ts";

const firestore = useFirestore();

describe.each(fronts)("a drain (%s)", (front) => {
  it("tells who is connected, then says why, leaves and closes; other lines are just closed", async () => {
    const setting = new Setting(front);
    await setting.start(firestore);
    const [line, member] = [await setting.open(), await setting.join()];
    await setting.stop();
    expect(await member.ended).toEqual({ code: 1005, reason: "" });
    const [notice, told, ...rest] = member.frames;
    expect(payloadOf(notice ?? "")).toEqual(["relay:draining", { reconnectAfterMs: expect.any(Number) }]);
    expect(payloadOf(told ?? "")).toMatchObject(["session:closed", { reason: "draining", retry: "later" }]);
    expect(rest).toEqual(["41"]);
    await line.ended;
    expect(line.frames).toEqual([]);
  });
});
