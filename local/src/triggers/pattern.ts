// The document patterns of triggers: `organizations/{org}/issues/{issue}`, and `{rest=**}` for any depth.

/** Compiles a pattern into a test for document paths. */
export function compilePattern(pattern: string): (path: string) => boolean {
  const segments = pattern.replace(/^\/|\/$/g, "").split("/");
  const source = segments.map(segmentSource).join("/");
  const expression = new RegExp(`^${source}$`);
  return (path) => expression.test(path);
}

function segmentSource(segment: string): string {
  if (/^\{\w+=\*\*\}$|^\*\*$/.test(segment)) return ".+";
  return segment
    .split(/(\{\w+(?:=\*)?\}|\*)/)
    .map((part, i) => (i % 2 === 1 ? "[^/]+" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")))
    .join("");
}
