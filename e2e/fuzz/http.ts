/** Malformed HTTP: requests, headers, tokens, tickets, positions, and requests that never end. */
import type { Random } from "../support/random.ts";
import type { Attack, Generator } from "./attack.ts";
import { inPieces, mutate, oddJson, oddQuery, oddText, randomBytes } from "./mutate.ts";
import { oddToken } from "./tokens.ts";

const routes = ["issues", "heatmap", "stats", "events"] as const;
const paths = [
  ...routes.map((route) => `/api/realtime/${route}`),
  "/api/realtime/tickets",
  "/api/realtime/status",
];
const otherPaths = ["/readyz", "/healthz", "/metrics", "/", "*", "/api/realtime/socket.io/", "/api"];
const methods = [
  "GET",
  "POST",
  "HEAD",
  "OPTIONS",
  "PUT",
  "DELETE",
  "PATCH",
  "TRACE",
  "CONNECT",
  "PROPFIND",
] as const;

const attackOf = (random: Random, bytes: Buffer, ending: Attack["ending"] = "end"): Attack => ({
  prelude: "none",
  chunks: inPieces(random, bytes),
  ending,
});

/** A request that is well formed, unless one of its parts is not. */
function requestOf(method: string, path: string, headers: readonly string[], body = ""): Buffer {
  return Buffer.from([`${method} ${path} HTTP/1.1`, "Host: relay", ...headers, "", body].join("\r\n"));
}

const bearer = (token: string) => `Authorization: Bearer ${token}`;

/** Bytes that were a request once. */
export const request: Generator = (random, { good }) => {
  const body = random.chance(0.3) ? oddJson(random) : "";
  const headers = [bearer(good), ...(body ? [`Content-Length: ${Buffer.byteLength(body)}`] : [])];
  const bytes = requestOf(random.pick(methods), random.pick([...paths, ...otherPaths]) ?? "/", headers, body);
  return attackOf(random, mutate(random, bytes));
};

const heads: readonly [(random: Random) => Buffer, ...((random: Random) => Buffer)[]] = [
  // No HTTP at all.
  (random) => randomBytes(random, 1 + random.integer(400)),
  () => Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  () => Buffer.from("16030100c8010000c40303", "hex"),
  () => Buffer.from("*1\r\n$8\r\nFLUSHALL\r\n"),
  // Too much of it.
  (random) => requestOf("GET", `/api/realtime/events?room=${"x".repeat(1_000 + random.integer(40_000))}`, []),
  (random) => requestOf("GET", "/readyz", [`X-Long: ${"x".repeat(random.integer(40_000))}`]),
  (random) =>
    requestOf(
      "GET",
      "/readyz",
      Array.from({ length: random.integer(3_000) }, (_, at) => `X-${at}: 1`),
    ),
  (random) => requestOf("GET", `/readyz?${"a=1&".repeat(random.integer(3_000))}`, []),
  // Lengths that contradict each other, or nothing behind them.
  () =>
    requestOf(
      "POST",
      "/api/realtime/tickets",
      ["Content-Length: 5", "Transfer-Encoding: chunked"],
      "0\r\n\r\n",
    ),
  () => requestOf("POST", "/api/realtime/tickets", ["Content-Length: 5", "Content-Length: 6"], "hello"),
  () => requestOf("POST", "/api/realtime/tickets", ["Content-Length: -1"], "x"),
  () => requestOf("POST", "/api/realtime/tickets", ["Content-Length: 99999999999999999999"], "x"),
  () => requestOf("POST", "/api/realtime/tickets", ["Transfer-Encoding: chunked"], "fffffffffffffffff\r\nx"),
  () => requestOf("POST", "/api/realtime/tickets", ["Transfer-Encoding: chunked"], "zz\r\n\r\n"),
  () => requestOf("POST", "/api/realtime/tickets", ["Expect: 100-continue", "Content-Length: 9"]),
  () => requestOf("POST", "/api/realtime/tickets", ["Expect: nonsense"]),
  () => requestOf("GET", "/readyz", ["Connection: Upgrade", "Upgrade: h2c", "HTTP2-Settings: x"]),
  // Lines that are none.
  () => Buffer.from("GET /readyz HTTP/1.1\nHost: relay\n\n"),
  () => Buffer.from("GET /readyz HTTP/1.1\r\nHost: relay\r\n folded\r\n\r\n"),
  () => Buffer.from("GET /readyz HTTP/9.9\r\n\r\n"),
  () => Buffer.from("GET /readyz\r\n\r\n"),
  () => Buffer.from("GET  /readyz  HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
  () => Buffer.from("GET http://[::1/ HTTP/1.1\r\nHost: [\r\n\r\n"),
  () => Buffer.from("GET //evil.example/readyz HTTP/1.1\r\nHost: \r\n\r\n"),
  () => Buffer.from("GET /%zz/%00/..%2f HTTP/1.1\r\nHost: relay\r\n\r\n"),
];

/** What a parser of HTTP has to survive. */
export const head: Generator = (random) => attackOf(random, random.pick(heads)(random));

/** Values that are malformed, in requests that are not. */
export const header: Generator = (random, tokens) => {
  const value = oddText(random).replaceAll(/[\r\n\0]/g, "");
  const query = oddQuery(random);
  const route = `/api/realtime/${random.pick(routes)}`;
  const good = bearer(tokens.good);
  const pairs: readonly [readonly [string, readonly string[]], ...(readonly [string, readonly string[]])[]] =
    [
      [route, [good, `Last-Event-ID: ${value}`]],
      [`${route}?since=${query}`, [good]],
      [`${route}?since=${query}&since=0-0`, [good]],
      [`${route}?room=${query}`, [good]],
      [`${route}?room=org:riverside&room=${query}`, [good]],
      [`${route}?room[${query}]=${query}`, [good]],
      [`${route}?${query}=${query}`, [good]],
      [`${route}?ticket=${query}`, []],
      [route, [`Authorization: ${value}`]],
      [route, [bearer(value)]],
      [route, [bearer(oddToken(random, tokens))]],
      [route, [good, `X-Request-Id: ${value}`, `traceparent: ${value}`]],
      [route, [good, `Origin: ${value}`]],
      [route, [good, `Accept-Encoding: ${value}`, `Range: ${value}`, `If-None-Match: ${value}`]],
      ["/api/realtime/tickets", [bearer(oddToken(random, tokens)), "Content-Length: 0"]],
      ["/metrics", [bearer(value)]],
    ];
  const [path, headers] = random.pick(pairs);
  return attackOf(random, requestOf(path.endsWith("tickets") ? "POST" : "GET", path, headers));
};

/** The beginning of a request, and nothing more. */
export const slow: Generator = (random, { good }) => {
  const bytes = requestOf(random.pick(["GET", "POST"]), random.pick(paths) ?? "/", [
    bearer(good),
    "Content-Length: 1000",
  ]);
  return attackOf(random, bytes.subarray(0, random.integer(bytes.length)), "hold");
};
