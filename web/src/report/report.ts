import type { Building, Category, CreateIssue, Severity } from "@faultline/contract";

/** What the form holds; optional texts are empty rather than absent. */
export interface Report {
  readonly buildingId: string;
  readonly title: string;
  readonly category: Category;
  readonly severity: Severity;
  readonly floor: string;
  readonly room: string;
  readonly description: string;
}

/** Of each part of the form. */
export interface ReportPartProps {
  readonly report: Report;
  readonly set: (change: Partial<Report>) => void;
}

export const emptyReport: Report = {
  buildingId: "",
  title: "",
  category: "other",
  severity: "medium",
  floor: "",
  room: "",
  description: "",
};

/** What is sent. Floor and room belong to a location, for whose point the building's stands. */
export function toNewIssue(report: Report, building: Pick<Building, "location">): CreateIssue {
  const { buildingId, category, severity } = report;
  const floor = report.floor.trim();
  const room = report.room.trim();
  const location = { ...building.location, ...(floor && { floor }), ...(room && { room }) };
  return {
    buildingId,
    category,
    severity,
    title: report.title.trim(),
    description: report.description.trim(),
    ...((floor || room) && { location }),
  };
}
