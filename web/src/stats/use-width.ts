import { type RefObject, useLayoutEffect, useState } from "react";

/** How wide an element is, in pixels, also when that changes; `fallback` until it was measured. */
export function useWidth(element: RefObject<Element>, fallback: number): number {
  const [width, setWidth] = useState(fallback);
  useLayoutEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver((entries) => {
      for (const { contentRect } of entries) setWidth(contentRect.width);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
