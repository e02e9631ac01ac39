// Loaded into a relay process before its program, with --expose-gc: on SIGUSR2 it collects its garbage and says so, so
// that a test can measure what is really held.
process.on("SIGUSR2", () => {
  // The second time finds what the first one's finalizers let go of.
  globalThis.gc();
  globalThis.gc();
  process.stdout.write("collected\n");
});
