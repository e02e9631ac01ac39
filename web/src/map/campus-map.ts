/** The map itself: MapLibre, filled with the organization's buildings and their live weights. */
import type { Building, HeatCell } from "@faultline/contract";
import {
  type GeoJSONSource,
  type GeoJSONSourceSpecification,
  Map as GlMap,
  type LayerSpecification,
  NavigationControl,
  type StyleSpecification,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { fetchStyle } from "./background.ts";
import { boundsOf, groundFeatures, heatFeatures, outlineFeatures } from "./features.ts";
import { gridFeatures } from "./grid.ts";
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

/** Parts of the map's height and width that are left free; at the bottom for the legend. */
const margins = { top: 0.1, right: 0.06, bottom: 0.15, left: 0.06 };

export class CampusMap {
  readonly #map: GlMap;
  readonly #options: CampusMapOptions;
  readonly #pulses: Pulses;
  #palette: Palette;
  #buildings: readonly Building[] = [];
  #cells: ReadonlyMap<string, HeatCell> = new Map();
  #chosen: string | undefined;
  #hovered: string | undefined;
  #campus: string | undefined;
  #isFitted = false;
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
    this.#pulses = new Pulses((id, pulse) => this.#setState(id, { pulse }));
    if (!isStill) this.#map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
    this.#map.on("style.load", () => this.#build());
    this.#listen();
    if (styleUrl !== undefined) void this.#layBackground(styleUrl);
  }

  setBuildings(buildings: readonly Building[]): void {
    this.#buildings = buildings;
    this.#fill();
  }

  /** A building whose weight is another than before pulses. */
  setCells(cells: ReadonlyMap<string, HeatCell>): void {
    const before = this.#cells;
    this.#cells = cells;
    for (const [id, { weight }] of cells) {
      const old = before.get(id);
      if (old && old.weight !== weight) this.#pulses.start(id);
    }
    this.#fillWeights();
  }

  setPalette(palette: Palette): void {
    if (palette === this.#palette) return;
    this.#palette = palette;
    if (this.#hasTiles) this.#rebuild();
    else this.#setBackground(plainStyle(palette));
  }

  /** Marks a building and brings it into sight; undefined marks none. */
  choose(id: string | undefined): void {
    if (this.#chosen !== undefined) this.#setState(this.#chosen, { chosen: false });
    this.#chosen = id;
    const building = this.#buildings.find((one) => one.id === id);
    if (id === undefined || !building) return;
    this.#setState(id, { chosen: true });
    const { lng, lat } = building.location;
    this.#map.easeTo({
      center: [lng, lat],
      zoom: Math.max(this.#map.getZoom(), 16.2),
      duration: this.#durationMs,
    });
  }

  /** Brings a campus into sight, or without one, all buildings. The first time it is there at once. */
  fit(campusId: string | undefined): void {
    this.#campus = campusId;
    this.#fit(this.#isFitted ? this.#durationMs : 0);
  }

  remove(): void {
    this.#isRemoved = true;
    this.#pulses.stop();
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

  #fit(duration: number): void {
    const shown = this.#buildings.filter(
      (building) => (this.#campus ?? building.campusId) === building.campusId,
    );
    const bounds = boundsOf(shown);
    if (!bounds) return;
    this.#isFitted = true;
    this.#isMoved = false;
    const [west, south, east, north] = bounds;
    this.#map.fitBounds([west, south, east, north], { padding: this.#padding, maxZoom: 18.5, duration });
  }

  get #padding() {
    const { clientHeight: height, clientWidth: width } = this.#options.container;
    const { top, right, bottom, left } = margins;
    return { top: top * height, right: right * width, bottom: bottom * height, left: left * width };
  }

  get #durationMs(): number {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 700;
  }

  #listen(): void {
    const map = this.#map;
    const { isStill, onPick, container } = this.#options;
    // The page's layout may settle after the map was made; a display may be turned.
    map.on("resize", () => {
      if (!this.#isMoved && this.#chosen === undefined) this.#fit(0);
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
    const empty: GeoJSONSourceSpecification = {
      type: "geojson",
      data: { type: "FeatureCollection", features: [] },
    };
    for (const id of Object.values(sources))
      this.#map.addSource(id, id === sources.outlines ? { ...empty, promoteId: "id" } : empty);
    for (const layer of this.#layers()) this.#map.addLayer(layer);
    this.#fill();
  }

  /** On a large display letters are as large as the rest of it. */
  #layers(): readonly LayerSpecification[] {
    const { isStill, container } = this.#options;
    const letterScale = isStill ? Math.max(1, container.clientWidth / 800) : 1;
    return layersOf(this.#palette, { hasTiles: this.#hasTiles, letterScale });
  }

  #rebuild(): void {
    const layers = this.#layers();
    for (const { id } of layers) this.#map.removeLayer(id);
    for (const layer of layers) this.#map.addLayer(layer);
  }

  #fill(): void {
    const bounds = boundsOf(this.#buildings);
    if (!bounds) return;
    this.#source(sources.outlines)?.setData(outlineFeatures(this.#buildings));
    this.#source(sources.ground)?.setData(groundFeatures(this.#buildings));
    this.#source(sources.grid)?.setData(gridFeatures(bounds));
    this.#fillWeights();
    this.choose(this.#chosen);
  }

  #fillWeights(): void {
    this.#source(sources.heat)?.setData(heatFeatures(this.#buildings, this.#cells));
    for (const { id } of this.#buildings) this.#setState(id, { weight: this.#cells.get(id)?.weight ?? 0 });
  }

  #source(id: string): GeoJSONSource | undefined {
    return this.#map.getSource(id) as GeoJSONSource | undefined;
  }

  #setState(id: string, state: object): void {
    if (this.#map.getSource(sources.outlines))
      this.#map.setFeatureState({ source: sources.outlines, id }, state);
  }
}
