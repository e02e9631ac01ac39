/** Signs of life: the relay asks, the client answers. The clocks are the real ones, since both sides' are. */
import { expect, it, onTestFinished } from "vitest";
import { describeFronts } from "./fronts.ts";
import { Poller } from "./polling.ts";

describeFronts(
  "the heartbeat",
  (setting) => {
    const openBoth = async () => [
      await setting.open({ isBeating: false }),
      await setting.join({ isBeating: false }),
    ];

    it("asks again and again, connected or not, and keeps who answers", async () => {
      const beats = (await openBoth()).map(async (client) => {
        for (let times = 0; times < 2; times += 1) {
          expect(await client.next()).toBe("2");
          client.send("3");
        }
        expect(await client.probe()).toEqual([]);
      });
      await Promise.all(beats);
    });

    it("ends who does not answer, after having asked once", async () => {
      for (const client of await openBoth()) {
        expect(await client.ended).toEqual({ code: 1005, reason: "" });
        expect(client.frames).toEqual(["2"]);
      }
    });

    // Official clients take a line for lost over which they were not asked, whatever else came.
    it("asks whoever sends all the time, too", async () => {
      const client = await setting.join({ isBeating: false });
      const talk = setInterval(() => client.send('42["nobody knows this"]'), 50);
      onTestFinished(() => clearInterval(talk));
      for (let times = 0; times < 2; times += 1) {
        expect(await client.next()).toBe("2");
        client.send("3");
      }
    });

    it("asks polls, too, and ends the session of who does not answer", async () => {
      const poller = await Poller.open(setting.url);
      expect(await poller.poll()).toEqual(["2"]);
      expect(await poller.send("3")).toBe("200 ok");
      expect(await poller.poll()).toEqual(["2"]);
      const statuses: number[] = [];
      while (statuses.at(-1) !== 400) statuses.push((await poller.ask()).status);
      expect(statuses.slice(0, -1)).toEqual([200]);
    });

    it("is not upset by answers that come early or twice", async () => {
      const client = await setting.join({ isBeating: false });
      client.send("3", "3");
      expect(await client.next()).toBe("2");
      client.send("3", "3");
      expect(await client.next()).toBe("2");
      client.send("3");
      expect(await client.probe()).toEqual([]);
    });
  },
  { life: { pingMs: 800 } },
);
