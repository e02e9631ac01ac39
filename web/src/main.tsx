import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./styles/figtree/figtree.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/shell.css";
import { App } from "./app/App.tsx";
import { applyTheme, readTheme } from "./app/theme.ts";

// Before the first paint, so that the page never flashes in the other theme.
applyTheme(readTheme());

const root = document.getElementById("root");
if (!root) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
