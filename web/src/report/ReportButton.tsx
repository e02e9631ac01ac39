import { can } from "@faultline/contract";
import { useEffect, useState } from "react";
import { useWorkspace } from "../data/workspace.ts";
import { text } from "../text/index.ts";
import { BarButton } from "../ui/BarButton.tsx";
import { isShortcut } from "../ui/keys.ts";
import { ReportDialog } from "./ReportDialog.tsx";

/** Opens the form, as does the key "n"; not there for those who may not report. */
export function ReportButton() {
  const { principal } = useWorkspace();
  const [isOpen, setIsOpen] = useState(false);
  const mayReport = can(principal, "report");
  useEffect(() => {
    if (!mayReport) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "n" || !isShortcut(event)) return;
      event.preventDefault();
      setIsOpen(true);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [mayReport]);
  if (!mayReport) return null;
  return (
    <>
      <BarButton label={text.report.open} shape="plus" isPrimary onClick={() => setIsOpen(true)}>
        {text.report.short}
      </BarButton>
      {isOpen && <ReportDialog onClose={() => setIsOpen(false)} />}
    </>
  );
}
