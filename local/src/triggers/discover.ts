// Which triggers there are: asked of the Functions emulator, which has loaded the functions.
import { z } from "zod";
import { EventTypes } from "./event.ts";

/** Where the changes of documents go. */
export interface TriggerRoute {
  /** The function's name. */
  readonly name: string;
  /** Where its events are POSTed. */
  readonly url: string;
  /** The pattern of the documents it hears of, `organizations/{org}/issues/{issue}`. */
  readonly document: string;
  /** `google.cloud.firestore.document.v1.written` and so on. */
  readonly eventType: string;
  /** Whether an event that failed is delivered again; otherwise it is dropped. */
  readonly retry: boolean;
}

export interface DiscoverOptions {
  /** `http://127.0.0.1:5001` */
  readonly functionsUrl: string;
  readonly projectId: string;
  /** The region of functions that name none; us-central1 by default. */
  readonly region?: string;
}

const TYPES: ReadonlySet<string> = new Set(Object.values(EventTypes));
const DEFAULT_REGION = "us-central1";
const documentFilter = z.object({ document: z.string().optional() });

const backends = z.object({
  backends: z.array(
    z.object({
      functionTriggers: z.array(
        z.object({
          name: z.string(),
          platform: z.string().optional(),
          region: z.string().optional(),
          eventTrigger: z
            .object({
              eventType: z.string(),
              eventFilters: documentFilter.optional(),
              eventFilterPathPatterns: documentFilter.optional(),
            })
            .optional(),
        }),
      ),
    }),
  ),
});

type FunctionTrigger = z.infer<typeof backends>["backends"][number]["functionTriggers"][number];

/** The 2nd-gen Firestore triggers that the Functions emulator has loaded; rejects when it does not answer. */
export async function discoverTriggers(options: DiscoverOptions): Promise<readonly TriggerRoute[]> {
  const url = new URL("/backends", options.functionsUrl);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: is this the Functions emulator?`);
  const listed = backends.parse(await response.json());
  return listed.backends.flatMap((backend) =>
    backend.functionTriggers.flatMap((trigger) => routeOf(trigger, options) ?? []),
  );
}

function routeOf(
  { name, platform, region, eventTrigger }: FunctionTrigger,
  options: DiscoverOptions,
): TriggerRoute | undefined {
  const document = eventTrigger?.eventFilterPathPatterns?.document ?? eventTrigger?.eventFilters?.document;
  if (platform === "gcfv1" || document === undefined || !eventTrigger || !TYPES.has(eventTrigger.eventType)) {
    return undefined;
  }
  // The emulator's key of an event trigger ends in a generation, which is 0 outside its interactive shell.
  const key = `${region ?? options.region ?? DEFAULT_REGION}-${name}-0`;
  const url = new URL(`/functions/projects/${options.projectId}/triggers/${key}`, options.functionsUrl);
  // The emulator does not tell whether a function asked for retries. Delivering again is what the ones that
  // did rely on, and does no harm to the others: events may come twice in production too.
  return { name, url: url.href, document, eventType: eventTrigger.eventType, retry: true };
}
