import { useRef } from "react";
import { useWorkspace } from "../data/workspace.ts";
import { text } from "../text/index.ts";
import { useDismiss } from "../ui/dismiss.ts";
import { setTheme, themes, useTheme } from "./theme.ts";

export function AccountMenu() {
  const { principal, email, signOut } = useWorkspace();
  const menu = useRef<HTMLDetailsElement>(null);
  useDismiss(menu);
  const name = principal.name ?? email;
  const isScoped = principal.campusIds !== undefined || principal.buildingIds !== undefined;
  return (
    <details className="menu" ref={menu}>
      <summary aria-label={text.app.account(name)}>
        <span className="avatar" aria-hidden="true">
          {name.slice(0, 1).toUpperCase()}
        </span>
      </summary>
      <div className="menu-panel">
        <div>
          <strong>{email}</strong>
          <p className="soft">
            {text.role[principal.role]} · {principal.organizationId}
          </p>
          {isScoped && <p className="soft">{text.app.scoped}</p>}
        </div>
        <ThemeChoice />
        <button type="button" className="button" onClick={() => void signOut()}>
          {text.app.signOut}
        </button>
      </div>
    </details>
  );
}

function ThemeChoice() {
  const theme = useTheme();
  return (
    <fieldset className="field" style={{ border: 0, margin: 0, padding: 0 }}>
      <legend>{text.app.theme}</legend>
      <div className="segments">
        {themes.map((one) => (
          <label key={one}>
            <input type="radio" name="theme" checked={theme === one} onChange={() => setTheme(one)} />
            {text.app.themes[one]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
