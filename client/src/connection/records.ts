/** Reads the text of an event stream (https://html.spec.whatwg.org/multipage/server-sent-events.html). */

export interface StreamRecord {
  readonly event: string | undefined;
  readonly data: string | undefined;
  readonly id: string | undefined;
}

/** Gives the records that each further piece of the text completes. */
export function createRecordReader(): (text: string) => readonly StreamRecord[] {
  let rest = "";
  let fields: readonly (readonly [string, string])[] = [];
  return (text) => {
    // What ends in CR may go on with LF: the two are one line break.
    const whole = rest + text;
    const end = whole.endsWith("\r") ? whole.length - 1 : whole.length;
    const lines = whole.slice(0, end).split(/\r\n|\r|\n/);
    rest = (lines.pop() ?? "") + whole.slice(end);
    const records: StreamRecord[] = [];
    for (const line of lines) {
      if (line !== "") fields = [...fields, fieldOf(line)];
      else {
        if (fields.some(([name]) => name !== "")) records.push(recordOf(fields));
        fields = [];
      }
    }
    return records;
  };
}

/** A comment is a field without a name. */
function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  if (colon < 0) return [line, ""];
  const value = line.slice(colon + 1);
  return [line.slice(0, colon), value.startsWith(" ") ? value.slice(1) : value];
}

function recordOf(fields: readonly (readonly [string, string])[]): StreamRecord {
  const values = (name: string) => fields.filter(([known]) => known === name).map(([, value]) => value);
  const data = values("data");
  return {
    event: values("event").at(-1),
    data: data.length === 0 ? undefined : data.join("\n"),
    id: values("id").at(-1),
  };
}
