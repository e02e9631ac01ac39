/** A data directory with a large organization in it, written before the stack starts, whose triggers it so passes by. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isUnresolved } from "@faultline/contract";
import { openAdmin } from "@faultline/local/admin";
import { makeHistory } from "@faultline/local/demo/history";
import { type DemoOrganization, demoOrganizations } from "@faultline/local/demo/organizations";
import { seedDemo } from "@faultline/local/demo/seed";
import { startFirestore } from "@faultline/local/firestore";
import { projectId } from "@faultline/local/settings";

/** Resolves to the directory. Beside the open issues there are those that were resolved meanwhile, about as many. */
export async function prepareData(open: number): Promise<string> {
  const [demo] = demoOrganizations;
  if (!demo) throw new Error("there is no demo organization");
  const dataDir = await mkdtemp(join(tmpdir(), "faultline-bench-"));
  const now = new Date();
  const firestore = await startFirestore({ projectId, dataDir: join(dataDir, "firestore") });
  const admin = openAdmin({ firestore: firestore.address, auth: "" });
  try {
    await seedDemo(admin.firestore, now, [enlarge(demo, open, now)]);
  } finally {
    await admin.close();
    await firestore.stop();
    // The stack's own processes are told where theirs is.
    delete process.env.FIRESTORE_EMULATOR_HOST;
    delete process.env.FIREBASE_AUTH_EMULATOR_HOST;
  }
  return dataDir;
}

/** The same organization with so many more issues that this many are open. */
function enlarge(organization: DemoOrganization, open: number, now: Date): DemoOrganization {
  const issues = open * 3;
  const histories = makeHistory({ ...organization, issues }, now);
  let left = open;
  const last = histories.findIndex(({ issue }) => isUnresolved(issue) && --left === 0);
  if (last === -1) throw new Error(`of ${issues} issues, fewer than ${open} are open`);
  return { ...organization, issues: last + 1 };
}
