import { getHeapSpaceStatistics } from "node:v8";

// Loaded into a relay process before its program, with --expose-gc: on SIGUSR2 it collects its garbage and says so, so
// that a test can measure what is really held. It says how large its young generation is, too: what passes through makes it
// grow, and chance shrinks it, by as much as thousands of connections hold.
process.on("SIGUSR2", () => {
  // The second time finds what the first one's finalizers let go of.
  globalThis.gc();
  globalThis.gc();
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  process.stdout.write(`collected: ${young.physical_space_size} bytes are young\n`);
});
