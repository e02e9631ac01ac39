import { deleteApp, initializeApp } from "firebase-admin/app";
import { getFirestore } from "firebase-admin/firestore";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type EmbeddedFirestore, startFirestore } from "./index.ts";
import { connect, projectId } from "./testing/server.ts";

async function start(port = 0): Promise<EmbeddedFirestore> {
  const server = await startFirestore({ projectId, port });
  onTestFinished(() => server.stop());
  return server;
}

describe("a server", () => {
  it("takes any free port, and the next one takes another", async () => {
    const [first, second] = [await start(), await start()];
    expect(first.address).toBe(`127.0.0.1:${first.port}`);
    expect(second.port).not.toBe(first.port);
  });

  it("is where firebase-admin goes with FIRESTORE_EMULATOR_HOST", async () => {
    const { address } = await start();
    vi.stubEnv("FIRESTORE_EMULATOR_HOST", address);
    onTestFinished(() => void vi.unstubAllEnvs());
    const app = initializeApp({ projectId }, address);
    onTestFinished(() => deleteApp(app));
    await getFirestore(app).doc("c/a").set({ n: 1 });
    expect((await getFirestore(app).doc("c/a").get()).data()).toEqual({ n: 1 });
  });

  it("says which port is taken", async () => {
    const { port } = await start();
    await expect(startFirestore({ projectId, port })).rejects.toThrow(`127.0.0.1:${port}`);
  });

  it("stops although clients are connected, and stops only once", async () => {
    const server = await start();
    const db = connect(server);
    await db.doc("c/a").set({});
    await server.stop();
    await server.stop();
    await db.terminate();
  });

  it("gets its listeners back after it was started again", async () => {
    const first = await start();
    const db = connect(first);
    const ids: string[][] = [];
    const unsubscribe = db.collection("c").onSnapshot(({ docs }) => ids.push(docs.map(({ id }) => id)));
    await db.doc("c/a").set({});
    await vi.waitFor(() => expect(ids.at(-1)).toEqual(["a"]));
    await first.stop();
    await start(first.port);
    // The second server has nothing, so the listener must see the document go, and the new one come.
    await vi.waitFor(() => expect(ids.at(-1)).toEqual([]), { timeout: 10_000 });
    await db.doc("c/b").set({});
    await vi.waitFor(() => expect(ids.at(-1)).toEqual(["b"]));
    unsubscribe();
    await db.terminate();
  });
});
