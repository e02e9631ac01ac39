import type { MemberChange, Principal } from "@faultline/contract";
import { expect, it } from "vitest";
import { ManualClock } from "../../test/clock.ts";
import type { Session } from "../session.ts";
import { createConnections } from "./connections.ts";

const principal: Principal = {
  uid: "ada",
  organizationId: "org",
  role: "viewer",
  issuedAt: 1,
  expiresAt: 4_000_000_000,
};
const removal: MemberChange = { uid: "ada", organizationId: "org", claims: null, at: "2026-01-31T08:00:00Z" };

it("whoever was removed while connecting is sent away at once, and takes no place", () => {
  const connections = createConnections({
    changes: {
      receive() {},
      onChange() {},
      recent: () => removal,
      find: async () => undefined,
    },
    dispatch: { sendTo() {} },
    clock: new ManualClock(),
    limits: { connections: 1, perUser: 1 },
  });
  const closes: string[] = [];
  const subscriber = { transport: "socket", close: (reason: string) => closes.push(reason) };
  const session: Partial<Session> = { end() {} };
  connections.open({ principal, subscriber, session } as unknown as Parameters<typeof connections.open>[0]);
  expect(closes).toEqual(["access-revoked"]);
  expect(() => connections.assertFits(principal)).not.toThrow();
});
