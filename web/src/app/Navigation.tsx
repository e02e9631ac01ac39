import { Link, useLocation } from "wouter";
import { text } from "../text/index.ts";
import { Shape } from "../ui/icons.tsx";
import { routes } from "./routes.ts";
import { viewNames } from "./views.ts";

/** The way from view to view. The page has it twice, for wide and narrow screens; the style sheet shows one. */
export function Navigation({ className }: { readonly className: string }) {
  const [location] = useLocation();
  return (
    <nav className={className} aria-label={text.app.navigation}>
      {viewNames.map((name) => (
        <Link key={name} href={routes[name]()} {...(isWithin(location, name) && { "aria-current": "page" })}>
          <Shape name={name} />
          {text.views[name]}
        </Link>
      ))}
    </nav>
  );
}

const isWithin = (location: string, name: string) => location.split("/")[1] === name;
