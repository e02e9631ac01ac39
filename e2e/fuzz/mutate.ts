/** How bytes and values go wrong. */
import type { Random } from "../support/random.ts";

/** Texts that somebody's parser was once wrong about. */
export const oddTexts = [
  "",
  " ",
  "\0",
  "\u0000\u0001\u001f",
  "\ufeff",
  "\u202eorg",
  "\ud83d",
  "💧".repeat(50),
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "null",
  "undefined",
  "NaN",
  "true",
  "-1",
  "1e999",
  "9".repeat(400),
  "0-0",
  "0-",
  "-0",
  "1-1-1",
  "00-0",
  "0x10-0",
  "999999999999999-999999999999999",
  "9999999999999999-0",
  "$",
  "*",
  "(1-0",
  "org:riverside",
  "org:hillcrest",
  "heatmap:riverside",
  "campus:north",
  "campus:north\0",
  "building:../../x",
  "building:library/..",
  "org:{riverside}:log",
  "%00%ff%zz",
  "../../../etc/passwd",
  "<script>",
  "'; DROP",
  "a\r\nX-Injected: 1",
  "a\nevent: issue:created\ndata: {}\n\n",
  "x".repeat(10_000),
] as const;

export function oddText(random: Random): string {
  const text = random.pick(oddTexts);
  return random.chance(0.3) ? mutateText(random, text) : text;
}

/** As a part of a URL. */
export function oddQuery(random: Random): string {
  // What is no Unicode can't be encoded: the round trip replaces it.
  return encodeURIComponent(Buffer.from(oddText(random)).toString());
}

function mutateText(random: Random, text: string): string {
  const at = random.integer(text.length + 1);
  const inserted = String.fromCharCode(random.integer(random.chance(0.5) ? 128 : 65_536));
  return text.slice(0, at) + inserted.repeat(1 + random.integer(4)) + text.slice(at + random.integer(3));
}

type Mutation = (random: Random, bytes: Buffer) => Buffer;

const mutations: readonly [Mutation, ...Mutation[]] = [
  // Cut off.
  (random, bytes) => bytes.subarray(0, random.integer(bytes.length)),
  // Bits flipped.
  (random, bytes) => {
    const result = Buffer.from(bytes);
    for (let count = 1 + random.integer(8); count > 0; count -= 1) {
      const at = random.integer(result.length);
      result[at] = (result[at] ?? 0) ^ (1 << random.integer(8));
    }
    return result;
  },
  // Something put in.
  (random, bytes) => splice(bytes, random.integer(bytes.length), randomBytes(random, 1 + random.integer(64))),
  (random, bytes) => splice(bytes, random.integer(bytes.length), Buffer.from(random.pick(oddTexts))),
  // A part again and again.
  (random, bytes) => {
    const from = random.integer(bytes.length);
    const part = bytes.subarray(from, from + 1 + random.integer(16));
    return splice(bytes, from, Buffer.concat(Array.from({ length: random.integer(200) }, () => part)));
  },
  // A part left out.
  (random, bytes) => {
    const from = random.integer(bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + random.integer(16))]);
  },
];

/** Bytes with one to three faults. */
export function mutate(random: Random, bytes: Buffer): Buffer {
  let result = bytes;
  for (let count = 1 + random.integer(3); count > 0 && result.length > 0; count -= 1)
    result = random.pick(mutations)(random, result);
  return result;
}

/** The bytes in several pieces, now and then. */
export function inPieces(random: Random, bytes: Buffer): readonly Buffer[] {
  if (random.chance(0.7) || bytes.length < 2) return [bytes];
  const at = 1 + random.integer(bytes.length - 1);
  return [bytes.subarray(0, at), bytes.subarray(at)];
}

export function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.integer(256)));
}

function splice(bytes: Buffer, at: number, inserted: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
}

/** Any JSON, as text: also such as no object could be made to give. */
export function oddJson(random: Random, depth = 0): string {
  const kinds: readonly [() => string, ...(() => string)[]] = [
    () => JSON.stringify(oddText(random)),
    () => random.pick(["0", "-0", "1e999", "-1.5", "9".repeat(40), "null", "true", "false"]),
    () => list(random, depth, () => oddJson(random, depth + 1), "[", "]"),
    () => list(random, depth, () => `${oddKey(random)}:${oddJson(random, depth + 1)}`, "{", "}"),
    () => deep(random),
    () => JSON.stringify({ _placeholder: true, num: random.pick([0, 1, -1, 1e9]) }),
    // What can't be converted to a number or to text.
    () => '{"toString":0,"valueOf":0,"length":{"toString":0,"valueOf":0}}',
  ];
  return random.pick(depth > 3 ? kinds.slice(0, 2) : kinds)?.() ?? "null";
}

const knownKeys = ["rooms", "since", "token", "__proto__", "constructor", "length", "toJSON", "then"];

function oddKey(random: Random): string {
  return JSON.stringify(random.chance(0.6) ? random.pick(knownKeys) : oddText(random));
}

function list(random: Random, depth: number, item: () => string, open: string, close: string): string {
  const length = random.integer(depth === 0 && random.chance(0.1) ? 300 : 5);
  return open + Array.from({ length }, item).join(",") + close;
}

/** Deeper than a parser that calls itself may go. */
function deep(random: Random): string {
  const depth = random.pick([10, 1_000, 20_000]);
  const [open, close] = random.pick([
    ["[", "]"],
    ['{"a":', "}"],
  ] as const);
  const isClosed = random.chance(0.7);
  return open.repeat(depth) + (open === "[" ? "" : "1") + (isClosed ? close.repeat(depth) : "");
}
