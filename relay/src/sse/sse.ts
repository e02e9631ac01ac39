/** The routes of Server-Sent Events, and of the tickets that open a stream. */
import { type FaultlineError, parse, positionSchema, toFaultlineError } from "@faultline/contract";
import type { Verifier } from "@faultline/identity";
import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { bearerToken, createAuthenticate } from "../access/caller.ts";
import type { MemberChanges } from "../access/changes.ts";
import type { Tickets } from "../access/tickets.ts";
import type { Admission } from "../admission/admission.ts";
import { Agenda } from "../base/agenda.ts";
import { openStream, type StreamOptions, type StreamRequest, streamHeaders } from "./stream.ts";
import { assertCarries, type StreamKind, streamKinds, usualRooms } from "./stream_kinds.ts";

export interface StreamRoutesOptions extends Omit<StreamOptions, "agenda"> {
  readonly verify: Verifier;
  readonly tickets: Tickets;
  readonly changes: MemberChanges;
  readonly admission: Pick<Admission, "admit">;
}

/** What is below /api/realtime. */
export function createStreamRoutes(options: StreamRoutesOptions): Router {
  const { verify, tickets, changes, admission, connections } = options;
  const { metrics } = options.services;
  const authenticate = createAuthenticate(verify, tickets, changes);
  const streamOptions: StreamOptions = { ...options, agenda: new Agenda(options.clock) };
  const router = Router();

  const serve = async (route: string, kind: StreamKind, request: Request, response: Response) => {
    admission.admit();
    const query = parse(querySchema, request.query, "query-invalid");
    const since = parseSince(request, query.since);
    const principal = await authenticate(request, query.ticket);
    const names = query.room ?? usualRooms(kind, principal.organizationId);
    assertCarries(kind, names);
    // Express answers HEAD by the route of GET, but a stream has no end at which the answer could be sent.
    if (request.method === "HEAD") return response.writeHead(200, streamHeaders).end();
    connections.assertFits(principal);
    if (response.destroyed) return;
    const { requestId } = response.locals;
    const opening: StreamRequest = {
      requestId,
      route,
      kind,
      principal,
      names,
      ...(since !== undefined && { since }),
    };
    await openStream(opening, response, streamOptions);
  };

  const refuse = (route: string, { reason, status }: FaultlineError) => {
    metrics.refused("stream", reason);
    if (status >= 500) metrics.streamFailed(route);
  };

  router.post("/tickets", async (request, response) => {
    const ticket = await tickets.issue(await verify(bearerToken(request)));
    response.status(201).set("Cache-Control", "no-store").json(ticket);
  });
  for (const [name, kind] of Object.entries<StreamKind>(streamKinds)) {
    router.get(`/${name}`, async (request, response) => {
      await serve(name, kind, request, response).catch((error: unknown) => {
        // Whoever has left meanwhile was not refused.
        if (!response.destroyed) refuse(name, toFaultlineError(error));
        throw error;
      });
    });
  }
  return router;
}

/** Anything else, a token above all, is refused in a URL: it would end up in logs and histories. */
const querySchema = z.strictObject({
  room: z.union([z.string().transform((name) => [name]), z.array(z.string())]).optional(),
  since: z.string().optional(),
  ticket: z.string().optional(),
});

const sinceSchema = positionSchema.optional();

/** A browser repeats the URL with the header added, so the header is the newer. */
function parseSince(request: Request, since: string | undefined): string | undefined {
  const last = request.get("Last-Event-ID");
  if (last) return parse(positionSchema, last, "position-invalid", "Last-Event-ID");
  return parse(sinceSchema, since, "position-invalid", "since");
}
