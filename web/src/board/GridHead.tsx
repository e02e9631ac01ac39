import { text } from "../text/index.ts";
import { Shape } from "../ui/icons.tsx";
import type { Filters } from "./filters.ts";
import type { SortName } from "./sorting.ts";

interface Column {
  readonly name: keyof typeof text.board.columns;
  /** The sort that a press on it chooses, and which way that goes. */
  readonly sort?: SortName;
  readonly direction?: "ascending" | "descending";
}

const columns: readonly Column[] = [
  { name: "severity", sort: "severity", direction: "descending" },
  { name: "issue" },
  { name: "status" },
  { name: "assignee" },
  { name: "due", sort: "due", direction: "ascending" },
  { name: "updated", sort: "updated", direction: "descending" },
];

interface GridHeadProps {
  readonly sort: SortName;
  readonly onSort: (change: Pick<Filters, "sort">) => void;
}

export function GridHead({ sort, onSort }: GridHeadProps) {
  return (
    <div className="grid-head" role="rowgroup">
      <div className="row head" role="row" aria-rowindex={1}>
        {columns.map((column) => (
          <div
            key={column.name}
            role="columnheader"
            className={`cell-${column.name}`}
            aria-sort={column.sort === sort ? (column.direction ?? "none") : "none"}
          >
            {column.sort ? (
              <button type="button" onClick={() => column.sort && onSort({ sort: column.sort })}>
                {text.board.columns[column.name]}
                {column.sort === sort && <Shape name="up" size={12} />}
              </button>
            ) : (
              text.board.columns[column.name]
            )}
          </div>
        ))}
      </div>
    </div>
  );
}
