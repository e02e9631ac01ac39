import { text } from "../text/index.ts";

/** In place of what can't be shown: what is wrong, and the way out. */
export function Failure({ title, detail }: { readonly title: string; readonly detail: string }) {
  return (
    <main className="center">
      <h1>{title}</h1>
      <p className="soft">{detail}</p>
      <button type="button" className="button primary" onClick={() => location.reload()}>
        {text.app.reload}
      </button>
    </main>
  );
}
