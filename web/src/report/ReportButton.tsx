import { can } from "@faultline/contract";
import { useEffect, useState } from "react";
import { useWorkspace } from "../data/workspace.ts";
import { text } from "../text/index.ts";
import { Shape } from "../ui/icons.tsx";
import { ReportDialog } from "./ReportDialog.tsx";

/** Opens the form, as does the key "n"; not there for those who may not report. */
export function ReportButton() {
  const { principal } = useWorkspace();
  const [isOpen, setIsOpen] = useState(false);
  const mayReport = can(principal, "report");
  useEffect(() => {
    if (!mayReport) return;
    const onKey = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches("input, select, textarea");
      if (event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      event.preventDefault();
      setIsOpen(true);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [mayReport]);
  if (!mayReport) return null;
  return (
    <>
      <button
        type="button"
        className="button primary report-button"
        aria-label={text.report.open}
        onClick={() => setIsOpen(true)}
      >
        <Shape name="plus" />
        <span>{text.report.short}</span>
      </button>
      {isOpen && <ReportDialog onClose={() => setIsOpen(false)} />}
    </>
  );
}
