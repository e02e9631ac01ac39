/** The live map, with the list that says the same, or the issues of the building that was chosen. */
import { lazy, Suspense, useCallback } from "react";
import { useLocation } from "wouter";
import { Boundary } from "../app/Boundary.tsx";
import { routes } from "../app/routes.ts";
import { text } from "../text/index.ts";
import { BuildingIssues } from "./BuildingIssues.tsx";
import { BuildingList } from "./BuildingList.tsx";
import "./map.css";

const LiveMap = lazy(() => import("./LiveMap.tsx"));

export default function MapView({ buildingId }: { readonly buildingId: string | undefined }) {
  const [, navigate] = useLocation();
  const choose = useCallback((id: string) => navigate(routes.map(id)), [navigate]);
  return (
    <div className="map-view">
      <section className="map-side" aria-labelledby="map-title">
        {buildingId === undefined ? <BuildingList /> : <BuildingIssues key={buildingId} id={buildingId} />}
      </section>
      <Boundary>
        <Suspense fallback={<p className="center soft">{text.map.loading}</p>}>
          <LiveMap chosen={buildingId} onPick={choose} />
        </Suspense>
      </Boundary>
    </div>
  );
}
