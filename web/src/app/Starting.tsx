import { text } from "../text/index.ts";
import { Shape } from "../ui/icons.tsx";

/** Until there is something to show. */
export function Starting() {
  return (
    <main className="center" aria-busy="true">
      <span className="brand">
        <Shape name="brand" size={40} />
      </span>
      <h1 className="sr-only">{text.app.name}</h1>
      <p className="soft">{text.app.starting}</p>
    </main>
  );
}
