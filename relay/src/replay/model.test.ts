/** Whatever happens between log, relay and clients: each client sees a stretch of the log, or is told that it does not. */
import { type Principal, parseRoom } from "@faultline/contract";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ManualClock } from "../../test/clock.ts";
import type { BuildingId } from "../../test/fixtures.ts";
import { LogModel, logEntryOf, type ModelEntry } from "../../test/log_model.ts";
import { createRecorder } from "../../test/recorder.ts";
import { silent } from "../../test/services.ts";
import { createDispatch } from "../dispatch/dispatch.ts";
import type { Subscriber } from "../dispatch/subscriber.ts";
import { createIngest, ingestTiming } from "../ingest/ingest.ts";
import { createLog } from "../ingest/log.ts";
import { createSink } from "../ingest/sink.ts";
import { noMetrics } from "../metrics/metrics.ts";
import { createSession, type Session, type SessionServices } from "../session.ts";
import { createState } from "../state/state.ts";
import { createReplay, replayLimits } from "./replay.ts";

/** So small that every limit is met often. */
const [pageEntries, entries] = [3, 8];
const principal: Principal = { uid: "u", organizationId: "org", role: "viewer", issuedAt: 0, expiresAt: 0 };
const buildings = ["library", "museum", "pier"] as const satisfies readonly BuildingId[];
const watched: readonly (readonly [room: string, ReadonlySet<BuildingId>])[] = [
  ["org:org", new Set(buildings)],
  ["campus:north", new Set(["library", "museum"])],
  ["building:pier", new Set(["pier"])],
];

interface Push {
  readonly relay: SessionServices;
  readonly entry: ModelEntry;
}

/** Two relays over a log in memory, and the clients that come and go. */
class World {
  readonly model = new LogModel();
  readonly clock = new ManualClock();
  readonly relays = [this.#relay(), this.#relay()] as const;
  readonly clients = watched.map(([room, scope]) => new Client(this, room, scope));
  /** On their way, each to one relay. */
  readonly pushes: Push[] = [];
  /** What went wrong: dispatch lets no subscriber's error out. */
  readonly faults: string[] = [];

  /** Lets everything that has been asked for be answered, until nothing is asked any more. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet += 1) {
      await turn();
      if (this.model.reads.length > 0) quiet = 0;
      for (const read of this.model.reads.splice(0)) read();
      this.clock.advance(ingestTiming.retryMs);
    }
  }

  doubt(): void {
    for (const { ingest } of this.relays) ingest.doubt();
  }

  close(): void {
    for (const { ingest, replay, state } of this.relays)
      for (const part of [ingest, replay, state]) part.close();
  }

  #relay(): SessionServices {
    const { clock } = this;
    const dispatch = createDispatch(silent);
    const state = createState({ load: async () => [], dispatch, clock, logger: silent });
    const log = createLog(this.model.redis, noMetrics, pageEntries);
    const replay = createReplay({ log, clock, limits: { entries } });
    const sink = createSink({ dispatch, replay, state, clock, metrics: noMetrics, logger: silent });
    const ingest = createIngest({ log, sink, clock, logger: silent, isLinked: () => true });
    const authorize = async (_: Principal, names: readonly string[]) => names.map((name) => parseRoom(name));
    return { authorize, ingest, replay, dispatch, state, metrics: noMetrics };
  }
}

/** Checks all that it is sent against the model. */
class Client {
  readonly #world: World;
  readonly #room: string;
  readonly #buildings: ReadonlySet<BuildingId>;
  readonly #seen = new Set<string>();
  #session: Session | undefined;
  /** All that happened in its room up to here was sent to it. */
  #cursor: string | undefined;

  constructor(world: World, room: string, buildings: ReadonlySet<BuildingId>) {
    this.#world = world;
    this.#room = room;
    this.#buildings = buildings;
  }

  /** Connects, unless it is connected, with the position it has. */
  arrive(relay: SessionServices): void {
    if (this.#session) return;
    const session = createSession(
      relay,
      principal,
      this.#subscriberOf(() => session),
    );
    this.#session = session;
    const since = this.#cursor;
    const request = { names: [this.#room], fieldOf: () => "rooms", ...(since !== undefined && { since }) };
    session
      .subscribe(request, ({ position, recovered, replayed }) => {
        if (since === undefined) this.#cursor = position;
        else this.#checkAnswer(since, position, recovered, replayed);
      })
      .catch(() => this.leave(session));
  }

  leave(session = this.#session): void {
    session?.end();
    if (session === this.#session) this.#session = undefined;
  }

  /** Once everything is settled. */
  checkComplete(): void {
    const missing = this.#world.model.missing(this.#cursor ?? "", this.#buildings);
    this.#check(missing?.length === 0, `lacks ${missing?.map(({ position }) => position) ?? "everything"}`);
  }

  #check(isTrue: boolean, fault: string): void {
    if (!isTrue) this.#world.faults.push(`${this.#room} at ${this.#cursor} ${fault}`);
  }

  #checkAnswer(since: string, position: string, recovered: boolean, replayed: number): void {
    const { model } = this.#world;
    const count = model.recoverable(since);
    const isUpToDate = model.recoverable(position) !== undefined;
    const canRecover = count !== undefined && count <= entries && isUpToDate;
    this.#check(recovered || !canRecover, `was told that it lost ${count}`);
    this.#check(recovered || replayed === 0, "got a part of what it lost");
    const before = this.#seen.size;
    queueMicrotask(() => {
      this.#check(this.#seen.size === before + replayed, `was not sent ${replayed}`);
      this.#check(recovered || this.#cursor === position, "was not told that it lost some");
    });
  }

  #subscriberOf(session: () => Session): Subscriber {
    const isOpen = () => session() === this.#session;
    const recorder = createRecorder({
      onFrame: ({ text }) => {
        this.#check(isOpen(), "was sent something after its end");
        const [name, data] = JSON.parse(text.slice(1));
        if (name === "sync:lost") this.#cursor = data.position;
        else this.#take(data.id);
      },
    });
    return {
      ...recorder,
      close: () => this.#check(false, "failed"),
    };
  }

  #take(position: string): void {
    const cursor = this.#cursor ?? "";
    this.#check(!this.#seen.has(position), `was sent ${position} twice`);
    const mayFollow = this.#world.model.mayFollow(position, cursor, this.#buildings);
    this.#check(mayFollow, `was sent ${position}, which does not follow`);
    this.#seen.add(position);
    this.#cursor = position;
  }
}

async function turn(): Promise<void> {
  for (let count = 0; count < 3; count += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** What may happen; a number stands for which, or for how much. */
const acts = {
  append({ model }, at) {
    model.append(buildings[at % 3] ?? "pier");
  },
  appendAndPush({ model, pushes, relays }, at) {
    const entry = model.append(buildings[at % 3] ?? "pier");
    pushes.push(...relays.map((relay) => ({ relay, entry })));
  },
  pushTwice({ pushes }, at) {
    const push = pushes[at % pushes.length];
    if (push) pushes.push(push);
  },
  pushArrives({ pushes }, at) {
    const [push] = pushes.splice(at % Math.min(3, pushes.length || 1), 1);
    if (!push) return;
    const { position, previous } = push.entry;
    push.relay.ingest.receive({ ...logEntryOf(push.entry), position, previous });
  },
  readIsAnswered({ model }, at) {
    const [read] = model.reads.splice(at % (model.reads.length || 1), 1);
    read?.();
  },
  readFails({ model }, at) {
    const [read] = model.reads.splice(at % (model.reads.length || 1), 1);
    read?.(new Error("Connection is closed."));
  },
  clientComes: ({ clients, relays }, at) => clients[at % 3]?.arrive(relays[at < 50 ? 0 : 1]),
  clientGoes: ({ clients }, at) => clients[at % 3]?.leave(),
  timePasses({ clock }, at) {
    clock.advance([ingestTiming.retryMs, replayLimits.keepMs, ingestTiming.doubtMs][at % 3] ?? 0);
  },
  redisIsBack: (world) => world.doubt(),
  logIsTrimmed: ({ model }, at) => model.trim(1 + (at % 12)),
  logExpires: ({ model }) => model.expire(),
  logIsLost: ({ model }) => model.flush(),
  redisFailsOver: ({ model }, at) => model.failOver(1 + (at % 4), at % 50),
} satisfies Record<string, (world: World, at: number) => void>;

const weights: Readonly<Record<keyof typeof acts, number>> = {
  append: 3,
  appendAndPush: 9,
  pushTwice: 3,
  pushArrives: 18,
  readIsAnswered: 18,
  readFails: 2,
  clientComes: 7,
  clientGoes: 4,
  timePasses: 2,
  redisIsBack: 1,
  logIsTrimmed: 1,
  logExpires: 1,
  logIsLost: 1,
  redisFailsOver: 2,
};
const names = Object.keys(acts) as (keyof typeof acts)[];
const anAct = fc.tuple(
  fc.oneof(...names.map((name) => ({ weight: weights[name], arbitrary: fc.constant(name) }))),
  fc.nat({ max: 100 }),
);

it("a client gets each event of its room once and in order, with nothing left out, or is told that it lost some", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anAct, { minLength: 20, maxLength: 120, size: "max" }), async (all) => {
      const world = new World();
      for (const [name, at] of all) {
        acts[name](world, at);
        await turn();
      }
      await world.settle();
      for (const client of world.clients) client.arrive(world.relays[0]);
      world.doubt();
      await world.settle();
      world.doubt();
      await world.settle();
      for (const client of world.clients) client.checkComplete();
      world.close();
      expect(world.faults).toEqual([]);
    }),
    { numRuns: 300 },
  );
}, 60_000);
