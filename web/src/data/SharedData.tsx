/** Everything that the views share: the client of whoever is signed in, and what all of them watch. */
import { createFaultline, type Faultline } from "@faultline/client";
import { FaultlineProvider } from "@faultline/client/react";
import type { Principal } from "@faultline/contract";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { Starting } from "../app/Starting.tsx";
import type { Auth } from "../auth/auth.ts";
import type { Config } from "../config/config.ts";
import { AlertsProvider } from "./alerts.ts";
import { tellLateRefusal } from "./commands.ts";
import { IssuesProvider } from "./issues.ts";
import { PeopleProvider } from "./people.ts";
import { PlacesProvider } from "./places.ts";
import { WorkspaceContext } from "./workspace.ts";

interface SharedDataProps {
  readonly config: Config;
  readonly auth: Auth;
  readonly principal: Principal;
  readonly email: string;
  readonly children: ReactNode;
}

export function SharedData({ config, auth, principal, email, children }: SharedDataProps) {
  const client = useClient(config, auth, principal.uid);
  const value = useMemo(
    () => ({ config, principal, email, signOut: () => auth.signOut() }),
    [config, principal, email, auth],
  );
  if (!client) return <Starting />;
  return (
    <WorkspaceContext.Provider value={value}>
      <FaultlineProvider client={client}>
        <PlacesProvider>
          <PeopleProvider>
            <AlertsProvider>
              <IssuesProvider>{children}</IssuesProvider>
            </AlertsProvider>
          </PeopleProvider>
        </PlacesProvider>
      </FaultlineProvider>
    </WorkspaceContext.Provider>
  );
}

/** One client for each user who signs in; it follows changes of their role by itself. */
function useClient(config: Config, auth: Auth, uid: string): Faultline | undefined {
  const [client, setClient] = useState<{ readonly uid: string; readonly faultline: Faultline }>();
  useEffect(() => {
    const { api, relay } = config;
    const getToken = (fresh: boolean) => auth.token(fresh);
    const faultline = createFaultline({ api, relay, getToken, onRefused: tellLateRefusal });
    setClient({ uid, faultline });
    const endFollow = followRemoval(faultline, auth);
    return () => {
      endFollow();
      faultline.close();
    };
  }, [config, auth, uid]);
  return client?.uid === uid ? client.faultline : undefined;
}

/** Whoever was removed has another token by now, and the session follows from it. Where none is to be had, nobody stays. */
function followRemoval({ connection }: Faultline, auth: Auth): () => void {
  return connection.subscribe(() => {
    const { phase, cause } = connection.getSnapshot();
    if (phase === "closed" && cause === "access-revoked") auth.token(true).catch(() => auth.signOut());
  });
}
