import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { fileOutbox, type Outbox } from "./outbox.ts";

function inNewDirectory() {
  const directory = mkdtempSync(join(tmpdir(), "outbox-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const open = (log: (line: string) => void = expect.fail) => fileOutbox(directory, log);
  return { open, file: join(directory, "outbox") };
}

const event = (path: string) => ({ trigger: "onThing", path, body: `{"of":"${path}\\n"}` });
const pathsIn = ({ left }: Outbox) => left.map(({ path }) => path);

describe("an outbox in a directory", () => {
  it("holds what was added and not removed, in order and unchanged, however often it is opened", () => {
    const { open } = inNewDirectory();
    const first = open();
    const [a, , c] = ["a", "b", "c", "d"].map((path) => first.add(event(path)));
    for (const done of [a, c]) if (done) first.remove(done);
    first.close();
    open().close();
    const again = open();
    expect(again.left).toMatchObject([event("b"), event("d")]);
    again.add(event("e"));
    again.close();
    const last = open();
    expect(pathsIn(last)).toEqual(["b", "d", "e"]);
    last.close();
  });

  it("is empty on disk when nothing is pending", () => {
    const { open, file } = inNewDirectory();
    const outbox = open();
    for (const path of ["a", "b"]) outbox.remove(outbox.add(event(path)));
    expect(statSync(file).size).toBe(0);
    outbox.add(event("c"));
    outbox.close();
    const again = open();
    expect(pathsIn(again)).toEqual(["c"]);
    again.close();
  });

  it("passes over the half line that a killed process leaves at the end", () => {
    const { open, file } = inNewDirectory();
    const first = open();
    first.add(event("a"));
    first.close();
    appendFileSync(file, '{"id":2,"trig');
    const again = open();
    expect(pathsIn(again)).toEqual(["a"]);
    again.add(event("b"));
    again.close();
    expect(readFileSync(file, "utf8").split("\n")).toHaveLength(3);
  });

  it("says which line is damaged", () => {
    const { open, file } = inNewDirectory();
    writeFileSync(file, '{"done":1}\nnonsense\n{"done":2}\n');
    expect(() => open()).toThrow(/outbox is damaged in line 2/);
  });
});
