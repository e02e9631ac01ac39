import { can } from "@faultline/contract";
import { useState } from "react";
import { useWorkspace } from "../data/workspace.ts";
import { text } from "../text/index.ts";
import { BarButton } from "../ui/BarButton.tsx";
import { AlertsDialog } from "./AlertsDialog.tsx";

/** Opens the maintenance alerts; not there for those who may not announce any. */
export function AlertsButton() {
  const { principal } = useWorkspace();
  const [isOpen, setIsOpen] = useState(false);
  if (!can(principal, "alert")) return null;
  return (
    <>
      <BarButton label={text.alerts.title} shape="tool" onClick={() => setIsOpen(true)}>
        {text.alerts.short}
      </BarButton>
      {isOpen && <AlertsDialog onClose={() => setIsOpen(false)} />}
    </>
  );
}
