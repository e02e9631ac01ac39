import { useEffect } from "react";

/** Keeps the screen on, where the browser lets a page ask for it, and goes full screen at the first touch or key. */
export function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    const ask = async () => {
      if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
      // Refused on low battery, for one; the display then sleeps as any page's.
      lock = await navigator.wakeLock.request("screen").catch(() => undefined);
    };
    const fill = () => void document.documentElement.requestFullscreen?.().catch(() => {});
    void ask();
    document.addEventListener("visibilitychange", ask);
    document.addEventListener("pointerdown", fill, { once: true });
    return () => {
      document.removeEventListener("visibilitychange", ask);
      document.removeEventListener("pointerdown", fill);
      void lock?.release();
      if (document.fullscreenElement) void document.exitFullscreen();
    };
  }, []);
}
