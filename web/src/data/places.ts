/** Campuses and buildings. */
import { useFaultline } from "@faultline/client/react";
import type { Building, Campus } from "@faultline/contract";
import { createContext, createElement, type ReactNode, useCallback, useContext, useMemo } from "react";
import { text } from "../text/index.ts";
import { useFetched } from "./fetched.ts";
import { useScope } from "./workspace.ts";

export interface Places {
  /** By name. */
  readonly campuses: readonly Campus[];
  readonly buildings: readonly Building[];
  readonly buildingName: (id: string) => string;
  readonly campusName: (id: string) => string;
  /** Of a building, or where there is none, of a campus. */
  readonly placeName: (place: { readonly campusId: string; readonly buildingId: string | null }) => string;
}

const none: readonly never[] = [];
const Context = createContext<Places | undefined>(undefined);

export function PlacesProvider({ children }: { readonly children: ReactNode }) {
  const { api } = useFaultline();
  const scope = useScope();
  const fetched = useFetched(
    // biome-ignore lint/correctness/useExhaustiveDependencies: another scope has other places
    useCallback(async () => {
      const [campuses, buildings] = await Promise.all([api.campuses.list(), api.buildings.list()]);
      return { campuses: campuses.items, buildings: buildings.items };
    }, [api, scope]),
  );
  const value = useMemo(() => placesOf(fetched?.campuses ?? none, fetched?.buildings ?? none), [fetched]);
  return createElement(Context.Provider, { value }, children);
}

/** Empty until they are known. */
export function usePlaces(): Places {
  const places = useContext(Context);
  if (!places) throw new Error("there is no PlacesProvider around this component");
  return places;
}

function placesOf(campuses: readonly Campus[], buildings: readonly Building[]): Places {
  const campusNames = new Map(campuses.map(({ id, name }) => [id, name]));
  const buildingNames = new Map(buildings.map(({ id, name }) => [id, name]));
  const isKnown = buildings.length > 0;
  const buildingName = (id: string) =>
    buildingNames.get(id) ?? (isKnown ? text.places.unknownBuilding(id) : "");
  const campusName = (id: string) => campusNames.get(id) ?? (isKnown ? id : "");
  return {
    campuses: byName(campuses),
    buildings: byName(buildings),
    buildingName,
    campusName,
    placeName: ({ campusId, buildingId }) =>
      buildingId === null ? campusName(campusId) : buildingName(buildingId),
  };
}

function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => a.name.localeCompare(b.name));
}
