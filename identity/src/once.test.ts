import { FaultlineError, type Principal } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { claimsOf, projectId, refusalOf, secondsFromNow, unsigned } from "../test/tokens.ts";
import { verifyOnce } from "./once.ts";
import { createVerifier } from "./verifier.ts";

/** A real verifier whose calls are counted, and whose clock is turned by hand. */
function onceUnderTest(limit?: number) {
  const verify = createVerifier({ projectId, emulated: true });
  const asked: string[] = [];
  let time = Date.now();
  const once = verifyOnce(
    (token) => {
      asked.push(token ?? "");
      return verify(token);
    },
    { ...(limit !== undefined && { limit }), now: () => time },
  );
  const pass = (ms: number) => {
    time += ms;
  };
  return { once, asked, pass };
}

const tokenOf = (sub: string) => unsigned(claimsOf({ sub, exp: secondsFromNow(600) }));

describe("a token", () => {
  it("is verified once, however often and at the same time it is shown", async () => {
    const { once, asked } = onceUnderTest();
    const token = tokenOf("ann");
    const shown = await Promise.all([once(token), once(token), once(token)]);
    shown.push(await once(token));
    expect(shown.map(({ uid }) => uid)).toEqual(["ann", "ann", "ann", "ann"]);
    expect(asked).toEqual([token]);
  });

  it("is never taken for another one", async () => {
    const { once } = onceUnderTest();
    await once(tokenOf("ann"));
    expect((await once(tokenOf("ben"))).uid).toBe("ben");
  });

  it("is verified again once it has expired", async () => {
    const { once, asked, pass } = onceUnderTest();
    const token = tokenOf("ann");
    await once(token);
    pass(599_000);
    await once(token);
    expect(asked).toHaveLength(1);
    pass(2_000);
    await once(token);
    expect(asked).toHaveLength(2);
  });

  it("that is refused is refused again, and asked for again: the keys may have been out of reach", async () => {
    const refusals = ["unavailable", "token-invalid"] as const;
    const answers = [...refusals];
    const principal: Principal = {
      uid: "ann",
      organizationId: "riverside",
      role: "viewer",
      issuedAt: 0,
      expiresAt: secondsFromNow(600),
    };
    const once = verifyOnce(async () => {
      const reason = answers.shift();
      if (reason) throw new FaultlineError(reason, "No.");
      return principal;
    });
    for (const reason of refusals) expect((await refusalOf(once("token"))).reason).toBe(reason);
    expect(await once("token")).toBe(principal);
  });

  it("is forgotten when there are too many newer ones", async () => {
    const { once, asked } = onceUnderTest(2);
    for (const name of ["ann", "ben", "cat", "ben", "cat", "ann"]) await once(tokenOf(name));
    expect(asked).toEqual(["ann", "ben", "cat", "ann"].map(tokenOf));
  });
});

it("what is no token is refused as ever", async () => {
  const { once } = onceUnderTest();
  expect((await refusalOf(once(undefined))).reason).toBe("token-missing");
  expect((await refusalOf(once(""))).reason).toBe("token-missing");
  expect((await refusalOf(once(7 as unknown as string))).reason).toBe("token-invalid");
});
