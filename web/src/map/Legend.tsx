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
      <div className="legend-stops figures">
        {rampStops.map((stop, index) => (
          <span key={stop}>{index === rampStops.length - 1 ? `${stop}+` : stop}</span>
        ))}
      </div>
    </figure>
  );
}
