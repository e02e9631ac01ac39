/** Routes of members. */
import { putMemberSchema } from "@faultline/contract";
import { Router } from "express";
import type { MemberService } from "../service/members.ts";
import type { Endpoint } from "./endpoint.ts";

export function memberRoutes(endpoint: Endpoint, members: MemberService): Router {
  const router = Router();
  router.get(
    "/members",
    endpoint(async ({ principal }) => ({
      body: { items: await members.list(principal) },
    })),
  );
  router.put(
    "/members/:uid",
    endpoint(async (call) => ({
      body: await members.put(call.principal, call.uid(), await call.body(putMemberSchema)),
    })),
  );
  router.delete(
    "/members/:uid",
    endpoint(async (call) => {
      await members.remove(call.principal, call.uid());
      return {};
    }),
  );
  return router;
}
