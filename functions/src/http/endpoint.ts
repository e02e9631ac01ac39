/** What every route has in common: who asks, what was sent, and how the answer leaves. */
import { FaultlineError, idSchema, type Principal, parse, uidSchema } from "@faultline/contract";
import type { Verifier } from "@faultline/identity";
import type { Request, RequestHandler, Response } from "express";
import type { z } from "zod";
import { bearerToken } from "./bearer.ts";
import { bodyLimit, readJson } from "./body.ts";
import { etagOf } from "./condition.ts";

/** A request whose sender is known. */
export interface Call {
  readonly principal: Principal;
  /** The id in the path; throws `reason` when it can't be one. */
  id(reason: "issue-unknown" | "campus-unknown" | "building-unknown" | "alert-unknown"): string;
  uid(): string;
  header(name: string): string | undefined;
  query<S extends z.ZodType>(schema: S): z.output<S>;
  /** Reads the body; `limit` in bytes, default 64 KiB. */
  body<S extends z.ZodType>(schema: S, limit?: number): Promise<z.output<S>>;
}

export interface Reply {
  /** Default 200, or 204 without a body. */
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (call: Call) => Promise<Reply>;
/** Makes a route of a handler. */
export type Endpoint = (handler: Handler) => RequestHandler;

/** Verifies the token, then lets `handler` answer; what it throws goes to the error handler. */
export function createEndpoint(verify: Verifier): Endpoint {
  return (handler) => async (request, response) => {
    const principal = await verify(bearerToken(request.get("Authorization")));
    send(response, await handler(callOf(request, principal)));
  };
}

/** A versioned issue; a cache may keep it but has to ask each time. */
export function issueReply<T extends { readonly version: number }>(issue: T, status = 200): Reply {
  return { status, body: issue, headers: { ETag: etagOf(issue), "Cache-Control": "private, no-cache" } };
}

/** Something that was created at `path`, relative to the API. */
export function createdReply(path: string, reply: Reply): Reply {
  return { ...reply, status: 201, headers: { ...reply.headers, Location: `/api${path}` } };
}

function callOf(request: Request, principal: Principal): Call {
  return {
    principal,
    id(reason) {
      const id = idSchema.safeParse(request.params.id);
      if (id.success) return id.data;
      throw new FaultlineError(reason, "id: this can't be the id of anything.", { field: "id" });
    },
    uid: () => parse(uidSchema, request.params.uid, "member-unknown", "uid"),
    header: (name) => request.get(name),
    query: (schema) => parse(schema, request.query, "query-invalid"),
    body: async (schema, limit = bodyLimit) => parse(schema, await readJson(request, limit)),
  };
}

function send(response: Response, { body, status = body === undefined ? 204 : 200, headers }: Reply): void {
  response
    .status(status)
    .set("Cache-Control", "no-store")
    .set({ ...headers });
  if (body === undefined) response.end();
  else response.json(body);
}
