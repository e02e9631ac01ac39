/** The page: it learns where everything is, who looks at it, and then shows the views. */
import { useEffect, useState } from "react";
import type { Auth, Session } from "../auth/auth.ts";
import { NoMember } from "../auth/NoMember.tsx";
import { SignIn } from "../auth/SignIn.tsx";
import { type Config, loadConfig } from "../config/config.ts";
import { SharedData } from "../data/SharedData.tsx";
import { text } from "../text/index.ts";
import { Boundary } from "./Boundary.tsx";
import { Failure } from "./Failure.tsx";
import { Shell } from "./Shell.tsx";
import { Starting } from "./Starting.tsx";

interface Started {
  readonly config: Config;
  readonly auth: Auth;
}

export function App() {
  const [started, setStarted] = useState<Started | Error>();
  useEffect(() => {
    start().then(setStarted, (error: unknown) => setStarted(asError(error)));
  }, []);
  if (started instanceof Error) return <Failure title={text.app.failed} detail={started.message} />;
  if (!started) return <Starting />;
  return (
    <Boundary>
      <SignedIn {...started} />
    </Boundary>
  );
}

/** Firebase is loaded at the same time as the configuration, and not in the way of the first paint. */
async function start(): Promise<Started> {
  const [config, { openAuth }] = await Promise.all([loadConfig(), import("../auth/auth.ts")]);
  return { config, auth: openAuth(config) };
}

function SignedIn({ config, auth }: Started) {
  const session = useSession(auth);
  if (session === undefined) return <Starting />;
  if (session === "nobody") return <SignIn auth={auth} config={config} />;
  if (!session.principal) return <NoMember auth={auth} email={session.email} />;
  return (
    <SharedData config={config} auth={auth} principal={session.principal} email={session.email}>
      <Shell />
    </SharedData>
  );
}

/** Undefined until it is known. */
function useSession(auth: Auth): Session | "nobody" | undefined {
  const [session, setSession] = useState<Session | "nobody">();
  useEffect(() => auth.observe((next) => setSession(next ?? "nobody")), [auth]);
  return session;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
