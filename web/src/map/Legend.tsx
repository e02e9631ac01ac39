import { text } from "../text/index.ts";
import { type Palette, rampStops } from "./palette.ts";

export function Legend({ palette }: { readonly palette: Palette }) {
  return (
    <figure className="legend" title={text.map.weightHelp}>
      <figcaption>{text.map.legend}</figcaption>
      <div
        className="legend-ramp"
        style={{ background: `linear-gradient(90deg, ${palette.ramp.join(",")})` }}
      />
      <div className="legend-ends">
        <span>
          {text.map.calm} <span className="figures">{rampStops[0]}</span>
        </span>
        <span>
          <span className="figures">{rampStops.at(-1)}+</span> {text.map.severe}
        </span>
      </div>
    </figure>
  );
}
