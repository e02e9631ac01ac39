import { type FormEvent, useState } from "react";
import type { Config } from "../config/config.ts";
import { text } from "../text/index.ts";
import { Shape } from "../ui/icons.tsx";
import type { Auth } from "./auth.ts";
import "./sign-in.css";

interface SignInProps {
  readonly auth: Auth;
  readonly config: Pick<Config, "emulator">;
}

export function SignIn({ auth, config }: SignInProps) {
  const [isWorking, setIsWorking] = useState(false);
  const [problem, setProblem] = useState("");
  const signIn = async (email: string, password: string) => {
    setIsWorking(true);
    setProblem("");
    await auth.signIn(email, password).catch((error: unknown) => setProblem(explain(error)));
    setIsWorking(false);
  };
  return (
    <main className="sign-in">
      <Tremor />
      <div className="sign-in-card">
        <p className="brand">
          <Shape name="brand" size={26} />
          <span>{text.app.name}</span>
        </p>
        <h1>{text.signIn.title}</h1>
        <p className="soft">{text.signIn.lead}</p>
        <Form isWorking={isWorking} onSubmit={signIn} />
        <p role="alert">{problem && <span className="problem">{problem}</span>}</p>
        {config.emulator && <Demo emulator={config.emulator} isWorking={isWorking} onPick={signIn} />}
      </div>
    </main>
  );
}

type SignInWith = (email: string, password: string) => Promise<void>;

function Form({ isWorking, onSubmit }: { readonly isWorking: boolean; readonly onSubmit: SignInWith }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    void onSubmit(String(data.get("email")), String(data.get("password")));
  };
  return (
    <form className="sign-in-form" onSubmit={submit}>
      <label className="field">
        <span>{text.signIn.email}</span>
        <input className="input" name="email" type="email" autoComplete="username" required />
      </label>
      <label className="field">
        <span>{text.signIn.password}</span>
        <input className="input" name="password" type="password" autoComplete="current-password" required />
      </label>
      <button type="submit" className="button primary" disabled={isWorking}>
        {isWorking ? text.signIn.working : text.signIn.submit}
      </button>
    </form>
  );
}

interface DemoProps {
  readonly emulator: NonNullable<Config["emulator"]>;
  readonly isWorking: boolean;
  readonly onPick: SignInWith;
}

/** One click each. Only the local stack's configuration names demo users. */
function Demo({ emulator, isWorking, onPick }: DemoProps) {
  return (
    <section className="sign-in-demo" aria-labelledby="demo-title">
      <h2 id="demo-title">{text.signIn.demo}</h2>
      <ul>
        {emulator.users.map(({ email, label }) => (
          <li key={email}>
            <button
              type="button"
              className="button"
              disabled={isWorking}
              onClick={() => void onPick(email, emulator.password)}
            >
              <span>{email}</span>
              <small className="soft">{label}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A trace of the ground moving, behind it all. */
function Tremor() {
  return (
    <svg className="tremor" viewBox="0 0 1200 300" preserveAspectRatio="none" aria-hidden="true">
      <path d="M0 150h120l10-8 12 16 12-36 14 66 16-122 20 204 18-166 16 88 12-50 10 22 12-14h620l10-6 12 12 12-24 14 46 14-74 16 98 14-82 14 50 12-26 10 12 8-6h200" />
    </svg>
  );
}

function explain(error: unknown): string {
  const code = String((error as { readonly code?: unknown }).code ?? "unknown");
  switch (code) {
    case "auth/invalid-credential":
    case "auth/wrong-password":
    case "auth/user-not-found":
    case "auth/invalid-email":
      return text.signIn.wrong;
    case "auth/network-request-failed":
      return text.signIn.unreachable;
    case "auth/too-many-requests":
      return text.signIn.tooMany;
    default:
      return text.signIn.other(code);
  }
}
