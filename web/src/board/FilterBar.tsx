import { categories, severities, statuses } from "@faultline/contract";
import { memo, type ReactNode, useId } from "react";
import { usePeople } from "../data/people.ts";
import { usePlaces } from "../data/places.ts";
import { useWorkspace } from "../data/workspace.ts";
import { formatNumber } from "../text/format.ts";
import { text } from "../text/index.ts";
import { Shape } from "../ui/icons.tsx";
import { Options } from "../ui/Options.tsx";
import { PlaceOptions } from "../ui/PlaceOptions.tsx";
import { countFilters, defaultFilters, type Filters } from "./filters.ts";
import { sortNames } from "./sorting.ts";

interface FilterBarProps {
  readonly filters: Filters;
  readonly onChange: (change: Partial<Filters>) => void;
  readonly count: number;
}

export function FilterBar({ filters, onChange, count }: FilterBarProps) {
  const active = countFilters(filters);
  return (
    <search className="filters">
      <label className="search">
        <Shape name="search" />
        <span className="sr-only">{text.board.search}</span>
        <input
          className="input"
          type="search"
          id="board-search"
          placeholder={text.board.searchHint}
          value={filters.search}
          onChange={(event) => onChange({ search: event.target.value })}
        />
      </label>
      <details className="filter-more" open={globalThis.innerWidth > 760}>
        <summary className="button">
          <Shape name="filter" />
          {text.board.filters}
          {active > 0 && ` (${formatNumber(active)})`}
        </summary>
        <div className="filter-fields">
          <Selects filters={filters} onChange={onChange} />
        </div>
      </details>
      <p className="filter-count">
        <output className="figures">{text.board.count(count)}</output>
        {active > 0 && (
          <button
            type="button"
            className="button plain"
            onClick={() => onChange({ ...defaultFilters, sort: filters.sort })}
          >
            {text.board.clear}
          </button>
        )}
      </p>
    </search>
  );
}

/** Not rendered again with every count, of which a burst has many. */
const Selects = memo(function Selects({ filters, onChange }: Omit<FilterBarProps, "count">) {
  const { campuses, buildings } = usePlaces();
  return (
    <>
      <Choice label={text.board.building} name="place" filters={filters} onChange={onChange}>
        <option value="">{text.places.allBuildings}</option>
        <PlaceOptions campuses={campuses} buildings={buildings} whole={{}} />
      </Choice>
      <Choice label={text.board.status} name="status" filters={filters} onChange={onChange}>
        <option value="unresolved">{text.board.unresolved}</option>
        <Options names={statuses} labels={text.status} />
        <option value="any">{text.board.any}</option>
      </Choice>
      <Choice label={text.board.severity} name="severity" filters={filters} onChange={onChange}>
        <option value="any">{text.board.any}</option>
        <Options names={[...severities].reverse()} labels={text.severity} />
      </Choice>
      <Choice label={text.board.category} name="category" filters={filters} onChange={onChange}>
        <option value="any">{text.board.any}</option>
        <Options names={categories} labels={text.category} />
      </Choice>
      <Assignee filters={filters} onChange={onChange} />
      <Choice label={text.board.sort} name="sort" filters={filters} onChange={onChange}>
        <Options names={sortNames} labels={text.board.sorts} />
      </Choice>
    </>
  );
});

function Assignee({ filters, onChange }: Omit<FilterBarProps, "count">) {
  const { principal } = useWorkspace();
  const { members } = usePeople();
  const others = members.filter(({ uid }) => uid !== principal.uid);
  return (
    <Choice label={text.board.assignee} name="assignee" filters={filters} onChange={onChange}>
      <option value="">{text.board.anybody}</option>
      <option value="none">{text.people.nobody}</option>
      <option value={principal.uid}>{text.people.you}</option>
      {others.map(({ uid, name }) => (
        <option key={uid} value={uid}>
          {name ?? uid}
        </option>
      ))}
    </Choice>
  );
}

interface ChoiceProps extends Omit<FilterBarProps, "count"> {
  readonly label: string;
  readonly name: Exclude<keyof Filters, "search">;
  readonly children: ReactNode;
}

function Choice({ label, name, filters, onChange, children }: ChoiceProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="input"
        data-set={name !== "sort" && filters[name] !== defaultFilters[name]}
        value={filters[name]}
        onChange={(event) => onChange({ [name]: event.target.value })}
      >
        {children}
      </select>
    </div>
  );
}
