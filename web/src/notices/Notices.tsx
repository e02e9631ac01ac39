import { Link } from "wouter";
import { text } from "../text/index.ts";
import { Shape } from "../ui/icons.tsx";
import { dismiss, type Notice, useNotices } from "./notices.ts";
import { useNews } from "./use-news.ts";

/** Notices in a corner. They are read out: what is critical at once, the rest when there is a pause. */
export function Notices() {
  useNews();
  const notices = useNotices();
  const isUrgent = ({ tone }: Notice) => tone === "critical";
  return (
    <section className="notices" aria-label={text.notices.label}>
      <div aria-live="assertive">{notices.filter(isUrgent).map(asCard)}</div>
      <div aria-live="polite">{notices.filter((notice) => !isUrgent(notice)).map(asCard)}</div>
    </section>
  );
}

function asCard(notice: Notice) {
  return <Card key={notice.key} notice={notice} />;
}

function Card({ notice: { key, tone, title, detail, href } }: { readonly notice: Notice }) {
  return (
    <article className="notice" data-tone={tone}>
      <div>
        <h2>{title}</h2>
        <p>{detail}</p>
      </div>
      {href !== undefined && (
        <Link className="button" href={href} onClick={() => dismiss(key)}>
          {text.notices.show}
        </Link>
      )}
      <button
        type="button"
        className="button plain icon"
        aria-label={text.notices.dismiss}
        onClick={() => dismiss(key)}
      >
        <Shape name="cross" />
      </button>
    </article>
  );
}
