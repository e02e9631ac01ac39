import "../test/dom.ts";

import { waitUntil } from "@faultline/local/process";
import { act, cleanup, render, waitFor } from "@testing-library/react";
import {
  Component,
  createElement as h,
  memo,
  type ReactElement,
  type ReactNode,
  StrictMode,
  Suspense,
  startTransition,
  useState,
} from "react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Faultline, WatchedIssue } from "../src/index.ts";
import { quick } from "../test/clock.ts";
import { leak, type Stack, startStack } from "../test/stack.ts";
import {
  FaultlineProvider,
  useConnection,
  useFaultline,
  useHeatmap,
  useIssue,
  useIssues,
  usePendingWrites,
  useStats,
} from "./index.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterEach(cleanup);

/** Counts the requests that a client makes. */
function openCounting() {
  const requests: string[] = [];
  const counting = (url: string, init: RequestInit) => {
    requests.push(`${init.method} ${new URL(url).pathname}`);
    return fetch(url, init);
  };
  return { client: stack.open({ environment: { ...quick, fetch: counting } }), requests };
}

const show = (client: Faultline, ...children: readonly ReactNode[]) =>
  render(h(FaultlineProvider, { client }, ...children));

/** Lets React render what has changed until the condition holds. */
const eventually = (condition: () => boolean, what: string) =>
  waitFor(
    () => {
      if (!condition()) throw new Error(what);
    },
    { timeout: 8_000, interval: 10 },
  );

describe("useIssues", () => {
  it("shows the issues, then each change, and renders only the row that has changed", async () => {
    const first = await stack.as().issues.create({ ...leak, buildingId: "gym", title: "First" });
    const second = await stack.as().issues.create({ ...leak, buildingId: "gym", title: "Second" });
    const { client, requests } = openCounting();
    const rendered: string[] = [];
    const Row = memo(function Row({ issue }: { readonly issue: WatchedIssue }) {
      rendered.push(issue.id);
      return h("li", null, issue.title);
    });
    function List() {
      // The filter is another object each time.
      const { items } = useIssues({ buildingId: "gym" });
      return h("ul", null, ...items.map((issue) => h(Row, { key: issue.id, issue })));
    }
    const { container } = show(client, h(List));
    await eventually(() => container.textContent === "SecondFirst", "both");
    await stack.as().issues.update(first.id, { title: "Changed" });
    await eventually(() => container.textContent === "SecondChanged", "the change");
    expect(rendered.filter((id) => id === second.id)).toHaveLength(1);
    expect(rendered.filter((id) => id === first.id)).toHaveLength(2);
    expect(requests.filter((request) => request.endsWith("/issues"))).toHaveLength(1);
  });

  it("is one watch, however many components ask, also in StrictMode", async () => {
    const { client, requests } = openCounting();
    const List = () => h("b", null, useIssues({ status: "open" }).status);
    const { container } = show(client, h(StrictMode, null, h(List), h(List), h(List)));
    await eventually(() => container.textContent === "readyreadyready", "ready");
    expect(requests.filter((request) => request.endsWith("/issues"))).toHaveLength(1);
  });

  it("goes over to another filter", async () => {
    const issue = await stack.as().issues.create({ ...leak, buildingId: "pier", title: "At the pier" });
    const client = stack.open({ environment: quick });
    let choose = (_buildingId: string) => {};
    function List() {
      const [buildingId, setBuilding] = useState("nothing-here");
      choose = setBuilding;
      const { items, status, error } = useIssues({ buildingId });
      return h("p", null, error ? error.reason : `${status}: ${items.map(({ title }) => title).join()}`);
    }
    const { container } = show(client, h(List));
    await eventually(() => container.textContent === "building-unknown", "the refusal");
    act(() => choose("pier"));
    await eventually(() => container.textContent === `ready: ${issue.title}`, "the other");
  });

  it("shows no two states at once, though React renders in parts", async () => {
    const { client } = openCounting();
    const shown: string[][] = [];
    const one: string[] = [];
    const Version = ({ id }: { readonly id: string }) => {
      const { issue } = useIssue(id);
      one.push(String(issue?.version));
      return h("i", null, String(issue?.version));
    };
    const issue = await stack.as().issues.create(leak);
    let rerender = () => {};
    function Many() {
      const [, set] = useState(0);
      rerender = () => set((count) => count + 1);
      return h("p", null, ...Array.from({ length: 20 }, (_, at) => h(Version, { key: at, id: issue.id })));
    }
    const { container } = show(client, h(Many));
    const observer = new MutationObserver(() =>
      shown.push([...new Set([...container.querySelectorAll("i")].map((node) => node.textContent ?? ""))]),
    );
    observer.observe(container, { subtree: true, characterData: true, childList: true });
    await eventually(() => container.textContent?.startsWith("1") ?? false, "the first");
    for (let version = 2; version <= 6; version += 1) {
      await stack.as().issues.comment(issue.id, "More");
      await act(async () => startTransition(rerender));
    }
    await eventually(() => container.textContent?.startsWith("6") ?? false, "the last");
    observer.disconnect();
    expect(shown.every((versions) => versions.length === 1)).toBe(true);
    expect(one.length).toBeGreaterThan(20);
  });
});

describe("the other hooks", () => {
  it("show heat map, stats, connection and pending writes", async () => {
    await stack.as().issues.create({ ...leak, buildingId: "pier" });
    const client = stack.open({ environment: quick });
    function Board() {
      const { cells } = useHeatmap();
      const { stats } = useStats({ buildingId: "pier" });
      const weight = cells.find(({ buildingId }) => buildingId === "pier")?.weight;
      const isSame = weight !== undefined && weight === stats?.weight;
      return h("p", null, `${isSame} ${useConnection().phase} ${usePendingWrites().length}`);
    }
    const { container } = show(client, h(Board));
    await eventually(() => container.textContent === "true live 0", "all of it");
    await stack.as().issues.create({ ...leak, buildingId: "pier" });
    await eventually(() => container.textContent === "true live 0", "still the same");
  });

  it("render only what their own store changes", async () => {
    const client = stack.open({ environment: quick });
    let renders = 0;
    function Badge() {
      renders += 1;
      return h("b", null, useConnection().phase);
    }
    const List = () => h("i", null, useIssues({}).items.length);
    const { container } = show(client, h(List), h(Badge));
    await eventually(() => container.querySelector("b")?.textContent === "live", "live");
    await eventually(() => Number(container.querySelector("i")?.textContent) > 0, "listed");
    const [before, count] = [renders, Number(container.querySelector("i")?.textContent)];
    await stack.as().issues.create(leak);
    await eventually(() => Number(container.querySelector("i")?.textContent) === count + 1, "one more");
    expect(renders).toBe(before);
  });

  it("let go of the connection with the last component", async () => {
    const proxy = await stack.proxy("relay");
    const client = stack.open({ relay: proxy.url, environment: quick });
    const Tile = () => h("b", null, useStats().status);
    const { container, unmount } = show(client, h(Tile));
    await eventually(() => container.textContent === "ready", "ready");
    unmount();
    await waitUntil(() => proxy.open() === 0, { what: "the end", timeoutMs: 5_000 });
  });

  it("throw without a provider", () => {
    const Alone = () => h("b", null, String(useFaultline()));
    expect(() => renderToString(h(Alone))).toThrow("FaultlineProvider");
  });

  it("render on a server, as long as nothing is known", () => {
    const client = stack.open();
    const List = () => h("p", null, useIssues().status);
    expect(renderToString(h(FaultlineProvider, { client }, h(List)))).toBe("<p>loading</p>");
    expect(client.connection.getSnapshot().phase).toBe("idle");
  });
});

class Boundary extends Component<{ readonly children: ReactElement }, { readonly text?: string }> {
  override state: { readonly text?: string } = {};
  static getDerivedStateFromError(error: { readonly reason?: string }) {
    return { text: `refused: ${error.reason}` };
  }
  override render() {
    return this.state.text ?? this.props.children;
  }
}

describe("with Suspense", () => {
  const List = ({ buildingId }: { readonly buildingId: string }) => {
    const { items } = useIssues({ buildingId }, { suspense: true });
    return h("p", null, `${items.length >= 0 && "shown"}`);
  };
  const page = (buildingId: string) =>
    h(Boundary, null, h(Suspense, { fallback: "waiting" }, h(List, { buildingId })));

  it("a component waits until there is something to show", async () => {
    const { client, requests } = openCounting();
    const { container } = show(client, page("library"));
    expect(container.textContent).toBe("waiting");
    await eventually(() => container.textContent === "shown", "shown");
    expect(requests.filter((request) => request.endsWith("/issues"))).toHaveLength(1);
  });

  it("a refusal goes to the error boundary", async () => {
    const { container } = show(stack.open({ environment: quick }), page("nowhere"));
    await eventually(() => container.textContent === "refused: building-unknown", "refused");
  });
});
