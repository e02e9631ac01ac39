/** Figures and charts of the organization, or of a part of it, that change as issues do. */
import { useId, useState } from "react";
import { usePlaces } from "../data/places.ts";
import { useScopedStats } from "../data/stats.ts";
import { text } from "../text/index.ts";
import { PlaceOptions } from "../ui/PlaceOptions.tsx";
import { Charts } from "./Charts.tsx";
import { Tiles } from "./Tiles.tsx";
import "./stats.css";

export default function StatsView() {
  const [place, setPlace] = useState("");
  const { campuses, buildings } = usePlaces();
  const { stats, issues } = useScopedStats(place);
  const id = useId();
  return (
    <div className="stats">
      <header className="stats-head">
        <h1>{text.stats.title}</h1>
        <div className="field">
          <label htmlFor={id}>{text.stats.scope}</label>
          <select id={id} className="input" value={place} onChange={(event) => setPlace(event.target.value)}>
            <option value="">{text.stats.organization}</option>
            <PlaceOptions campuses={campuses} buildings={buildings} whole={{}} />
          </select>
        </div>
      </header>
      <Tiles stats={stats} issues={issues} />
      <Charts stats={stats} issues={issues} place={place} />
    </div>
  );
}
