import { text } from "../text/index.ts";
import type { Auth } from "./auth.ts";

/** For somebody whom no organization has let in yet. */
export function NoMember({ auth, email }: { readonly auth: Auth; readonly email: string }) {
  return (
    <main className="center">
      <h1>{text.signIn.noMember}</h1>
      <p className="soft">{text.signIn.noMemberLead(email)}</p>
      <button type="button" className="button primary" onClick={() => void auth.token(true)}>
        {text.signIn.checkAgain}
      </button>
      <button type="button" className="button" onClick={() => void auth.signOut()}>
        {text.app.signOut}
      </button>
    </main>
  );
}
