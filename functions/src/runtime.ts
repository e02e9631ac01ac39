/** What the functions of one process share, made when the first of them needs it. */
import { createVerifier, type Verifier, verifyOnce } from "@faultline/identity";
import type { Express } from "express";
import { type App, initializeApp } from "firebase-admin/app";
import { getAuth } from "firebase-admin/auth";
import { getFirestore } from "firebase-admin/firestore";
import { verifyCurrent } from "./accounts/current.ts";
import { createAccounts } from "./accounts/firebase.ts";
import { buildApi } from "./http/api.ts";
import { type Config, readConfig } from "./params.ts";
import { createPublisher, createRedis } from "./publisher/index.ts";
import { createService, type Service } from "./service/index.ts";
import { createFollowMember, createTell } from "./service/membership.ts";
import { createStore } from "./store/index.ts";
import { type AlertTrigger, createAlertTrigger } from "./triggers/alert.ts";
import { createIssueTrigger, type IssueTrigger } from "./triggers/issue.ts";
import { createMemberTrigger, type MemberTrigger } from "./triggers/member.ts";
import { reported } from "./triggers/report.ts";
import { createSweep, type Sweep } from "./triggers/sweep.ts";

export interface Runtime {
  readonly api: Express;
  readonly service: Service;
  readonly verify: Verifier;
  readonly isTraced: boolean;
  readonly issueTrigger: IssueTrigger;
  readonly alertTrigger: AlertTrigger;
  readonly memberTrigger: MemberTrigger;
  readonly sweep: Sweep;
  /** Ends the connection to Redis. */
  close(): void;
}

/** Redis is connected to by the first publish, Firestore by the first read. */
export function createRuntime(config: Config, app: App): Runtime {
  const { projectId, publishTimeoutMs, retention, allowedOrigins, isTraced } = config;
  const store = createStore(getFirestore(app));
  const redis = createRedis({ url: config.redisUrl });
  const publisher = createPublisher({
    redis,
    history: store.history,
    retention,
    connectTimeoutMs: publishTimeoutMs,
  });
  const accounts = createAccounts(getAuth(app));
  const service = createService({ store, publisher, accounts, publishTimeoutMs });
  const followMember = createFollowMember({ store, accounts, tell: createTell(publisher) });
  const verify = verifyCurrent({
    verify: verifyOnce(createVerifier({ projectId, emulated: config.isEmulated })),
    newestChange: publisher.memberChange,
  });
  return {
    api: buildApi({ service, verify, allowedOrigins, isTraced }),
    service,
    verify,
    isTraced,
    issueTrigger: reported("issue", createIssueTrigger({ store, publisher })),
    alertTrigger: reported("alert", createAlertTrigger({ store, publisher })),
    memberTrigger: reported("member", createMemberTrigger(followMember)),
    sweep: createSweep({ store, publisher, lookBackSeconds: retention.seconds }),
    close: () => publisher.close(),
  };
}

let shared: Runtime | undefined;

/** The process's own, configured by its environment. */
export function runtime(): Runtime {
  shared ??= start(readConfig(process.env));
  return shared;
}

function start(config: Config): Runtime {
  return createRuntime(config, initializeApp({ projectId: config.projectId }));
}
