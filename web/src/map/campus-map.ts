/** The map itself: MapLibre, filled with the organization's buildings and their live weights. */
import type { Building, HeatCell } from "@faultline/contract";
import {
  type GeoJSONSource,
  type GeoJSONSourceSpecification,
  Map as GlMap,
  type LayerSpecification,
  type LngLatBoundsLike,
  NavigationControl,
  type PaddingOptions,
  type StyleSpecification,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { fetchStyle } from "./background.ts";
import { boundsOf, heatFeatures, outlineFeatures } from "./features.ts";
import { gridFeatures } from "./grid.ts";
import { Painter } from "./painter.ts";
import type { Palette } from "./palette.ts";
import { Pulses } from "./pulses.ts";
import { buildingLayer, layersOf, plainStyle, sources } from "./style.ts";

// Since version 6 the worker is a module of its own, which bundlers can't find by themselves.
setWorkerUrl(workerUrl);

export interface CampusMapOptions {
  readonly container: HTMLElement;
  readonly palette: Palette;
  /** The address of a style with tiles; default none. */
  readonly styleUrl: string | undefined;
  /** Without controls and not to be moved, for a display. */
  readonly isStill: boolean;
  readonly onPick: (buildingId: string) => void;
}

/** What the map is to show. */
export interface Sight {
  /** A campus's id; undefined for all buildings. */
  readonly campus: string | undefined;
  /** A building's id. */
  readonly chosen: string | undefined;
}

/** What the page lays over the map's upper and lower edge, in pixels. */
const toolsHeight = 62;
const legendHeight = 74;

/** Up to this width the legend lies along the whole lower edge: see map.css. */
const narrowWidth = 760;
const narrowLegendHeight = 40;
/** Half of a name may reach beyond a small building. */
const narrowMargin = 20;

/** As near as a building is brought, at the least. */
const buildingZoom = 16.2;

function sourcesOf(): Readonly<Record<string, GeoJSONSourceSpecification>> {
  const data = { type: "FeatureCollection", features: [] } as const;
  return {
    [sources.grid]: { type: "geojson", data: { ...data, features: [] } },
    // The ground around a building is a line so wide that it reaches far into the tiles beside.
    [sources.outlines]: { type: "geojson", data: { ...data, features: [] }, promoteId: "id", buffer: 384 },
    [sources.heat]: { type: "geojson", data: { ...data, features: [] }, promoteId: "id" },
  };
}

export class CampusMap {
  readonly #map: GlMap;
  readonly #options: CampusMapOptions;
  readonly #painter = new Painter();
  readonly #pulses: Pulses;
  #palette: Palette;
  #buildings: readonly Building[] = [];
  #cells: ReadonlyMap<string, HeatCell> = new Map();
  /** The buildings whose weights the map does not show yet. */
  readonly #stale = new Set<string>();
  #sight: Sight | undefined;
  #hovered: string | undefined;
  #hasTiles = false;
  #isRemoved = false;
  /** Whether somebody has moved it by hand. */
  #isMoved = false;

  /** Throws where there is no WebGL 2. */
  constructor(options: CampusMapOptions) {
    const { container, palette, styleUrl, isStill } = options;
    this.#options = options;
    this.#palette = palette;
    this.#map = new GlMap({
      container,
      style: plainStyle(palette),
      attributionControl: styleUrl === undefined ? false : {},
      interactive: !isStill,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
    });
    this.#pulses = new Pulses(this.#painter, (id, pulse) => this.#setState(id, { pulse }));
    if (!isStill) this.#map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
    // For a look inside from the browser's console or a test.
    Object.assign(container, { map: this.#map });
    this.#map.on("style.load", () => this.#build());
    this.#listen();
    if (styleUrl !== undefined) void this.#layBackground(styleUrl);
  }

  setBuildings(buildings: readonly Building[]): void {
    this.#buildings = buildings;
    this.#fill();
  }

  /** A building whose weight is another than before pulses. However many cells come, the map is told once a frame. */
  setCells(cells: ReadonlyMap<string, HeatCell>): void {
    const before = this.#cells;
    this.#cells = cells;
    for (const [id, { weight }] of cells) {
      const old = before.get(id);
      if (old?.weight === weight) continue;
      this.#stale.add(id);
      if (old) this.#pulses.start(id);
    }
    for (const id of before.keys()) if (!cells.has(id)) this.#stale.add(id);
    if (this.#stale.size > 0) this.#painter.request(this.#showWeights);
  }

  setPalette(palette: Palette): void {
    if (palette === this.#palette) return;
    this.#palette = palette;
    if (this.#hasTiles) this.#rebuild();
    else this.#setBackground(plainStyle(palette));
  }

  /** Marks the chosen building and brings it into sight; without one, the campus. The first time it is there at once. */
  look(sight: Sight): void {
    const before = this.#sight;
    this.#sight = sight;
    if (before?.chosen !== undefined) this.#setState(before.chosen, { chosen: false });
    if (sight.chosen !== undefined) this.#setState(sight.chosen, { chosen: true });
    const durationMs = before ? this.#durationMs : 0;
    const building = this.#buildings.find(({ id }) => id === sight.chosen);
    if (before?.campus !== sight.campus || !(building || this.#isMoved)) this.#fit(durationMs);
    if (building && before?.chosen !== sight.chosen) this.#approach(building, durationMs);
  }

  /** Back to the campus, wherever somebody has moved it. */
  fit(): void {
    this.#fit(this.#durationMs);
  }

  remove(): void {
    this.#isRemoved = true;
    this.#pulses.stop();
    this.#painter.stop();
    this.#map.remove();
  }

  /** Puts the style beneath what is there already; without a proper one the map stays as it is. */
  async #layBackground(url: string): Promise<void> {
    const style = await fetchStyle(url);
    if (!style || this.#isRemoved) return;
    const map = this.#map;
    const goBack = () => {
      this.#hasTiles = false;
      this.#setBackground(plainStyle(this.#palette));
    };
    map.once("error", goBack);
    map.once("style.load", () => map.off("error", goBack));
    this.#hasTiles = true;
    this.#setBackground(style);
  }

  #setBackground(style: StyleSpecification): void {
    this.#map.setStyle(style, { diff: false });
  }

  #approach({ location: { lng, lat } }: Building, duration: number): void {
    this.#map.easeTo({ center: [lng, lat], zoom: Math.max(this.#map.getZoom(), buildingZoom), duration });
  }

  #fit(duration: number): void {
    const campus = this.#sight?.campus;
    const bounds = boundsOf(this.#buildings.filter(({ campusId }) => (campus ?? campusId) === campusId));
    if (!bounds) return;
    this.#isMoved = false;
    const [west, south, east, north] = bounds;
    const box: LngLatBoundsLike = [west, south, east, north];
    this.#map.fitBounds(box, { padding: this.#paddingAround(box), maxZoom: 18.5, duration });
  }

  /** Room for what lies over the map; for the legend, in its corner, only where that costs no size. */
  #paddingAround(box: LngLatBoundsLike): PaddingOptions {
    const { clientHeight: height, clientWidth: width } = this.#options.container;
    const margin = Math.min(width, height) * 0.035;
    const top = this.#options.isStill ? margin * 2 : toolsHeight + margin / 2;
    if (width <= narrowWidth)
      return { top, right: narrowMargin, bottom: narrowLegendHeight + margin, left: narrowMargin };
    const tight = { top, right: margin, bottom: margin, left: margin };
    const airy = { ...tight, bottom: legendHeight + margin };
    const zoomWith = (padding: PaddingOptions) => this.#map.cameraForBounds(box, { padding })?.zoom ?? 0;
    return zoomWith(airy) > zoomWith(tight) - 0.05 ? airy : tight;
  }

  get #durationMs(): number {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 700;
  }

  #listen(): void {
    const map = this.#map;
    const { isStill, onPick, container } = this.#options;
    // The page's layout may settle after the map was made; a display may be turned.
    map.on("resize", () => {
      if (this.#sight && !this.#isMoved && this.#sight.chosen === undefined) this.#fit(0);
    });
    map.on("movestart", ({ originalEvent }) => {
      if (originalEvent) this.#isMoved = true;
    });
    if (isStill) return;
    map.on("click", buildingLayer, ({ features }) => {
      const id = features?.[0]?.properties.id;
      if (typeof id === "string") onPick(id);
    });
    map.on("mousemove", buildingLayer, ({ features }) => this.#hover(features?.[0]?.properties.id));
    map.on("mouseleave", buildingLayer, () => this.#hover(undefined));
    // The list beside the map is what assistive technology and the keyboard use.
    container.querySelector("canvas")?.setAttribute("tabindex", "-1");
  }

  #hover(id: string | undefined): void {
    if (id === this.#hovered) return;
    if (this.#hovered !== undefined) this.#setState(this.#hovered, { hover: false });
    this.#hovered = id;
    if (id !== undefined) this.#setState(id, { hover: true });
    this.#map.getCanvas().style.cursor = id === undefined ? "" : "pointer";
  }

  #build(): void {
    for (const [id, specification] of Object.entries(sourcesOf())) this.#map.addSource(id, specification);
    for (const layer of this.#layers()) this.#map.addLayer(layer);
    this.#fill();
  }

  /** On a large display letters are as large as the rest of it; on a phone they leave room for the buildings. */
  #layers(): readonly LayerSpecification[] {
    const { isStill, container } = this.#options;
    const { clientWidth: width } = container;
    const letterScale = width < 500 ? 0.85 : isStill ? Math.max(1, width / 800) : 1;
    return layersOf(this.#palette, { hasTiles: this.#hasTiles, letterScale });
  }

  #rebuild(): void {
    const layers = this.#layers();
    for (const { id } of layers) this.#map.removeLayer(id);
    for (const layer of layers) this.#map.addLayer(layer);
  }

  /** Everything anew, as after a change of the style or of the buildings. */
  #fill(): void {
    const bounds = boundsOf(this.#buildings);
    if (!bounds) return;
    this.#source(sources.outlines)?.setData(outlineFeatures(this.#buildings));
    this.#source(sources.grid)?.setData(gridFeatures(bounds));
    this.#source(sources.heat)?.setData(heatFeatures(this.#buildings, this.#cells));
    for (const { id } of this.#buildings) this.#setState(id, { weight: this.#weightOf(id) });
    if (this.#sight?.chosen !== undefined) this.#setState(this.#sight.chosen, { chosen: true });
  }

  /** Only what has changed. */
  readonly #showWeights = (): void => {
    const update = [...this.#stale].map((id) => ({
      id,
      addOrUpdateProperties: [{ key: "weight", value: this.#weightOf(id) }],
    }));
    this.#source(sources.heat)?.updateData({ update });
    for (const id of this.#stale) this.#setState(id, { weight: this.#weightOf(id) });
    this.#stale.clear();
  };

  #weightOf(id: string): number {
    return this.#cells.get(id)?.weight ?? 0;
  }

  #source(id: string): GeoJSONSource | undefined {
    return this.#map.getSource(id) as GeoJSONSource | undefined;
  }

  #setState(id: string, state: object): void {
    if (this.#map.getSource(sources.outlines))
      this.#map.setFeatureState({ source: sources.outlines, id }, state);
  }
}
