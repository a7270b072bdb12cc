// The three factors of a derivative as chips: what comes in, the slope, what comes back. A chip lights the units that
// it is made of, and they light it.

import { about, chosen, isKnown, selected, shown, type Factor } from "./state";
import { format } from "./format";
import { text } from "./strings";

/** In a line: a × σ′ × Σwδ = what the row adds. */
export function Factors() {
  const factors = shown.value?.quantity === selected.value ? shown.value.factors : [];
  if (factors.length < 2) return null;
  const known = isKnown(selected.value);
  return (
    <p class="factors" data-factors={selected.value}>
      {factors.map((factor, k) => (
        <>
          {k > 0 && " × "}
          <span class={`chip ${factor.name}`} tabIndex={0} data-units={factor.units.join(" ")} title={text.factors[factor.name]}>
            {text.factorSigns[factor.name]} <b>{known ? format(factor.value) : "—"}</b>
          </span>
        </>
      ))}
    </p>
  );
}

type Point = { x: number; y: number };

/** The same on the drawing: what comes in at its source, the others at the unit that the weight leads into. */
export function Chips(props: { at: (layer: number, unit: number) => Point; isDrawn: (layer: number, unit: number) => boolean }) {
  if (!chosen.value || shown.value?.quantity !== selected.value) return null;
  const match = /^[Wb](\d+)\[(\d+)/.exec(selected.value);
  if (!match) return null;
  const into = [Number(match[1]), Number(match[2])] as const;
  const others = shown.value.factors.filter((factor) => factor.name !== "a");
  return (
    <g class="chips">
      {shown.value.factors.map((factor) => {
        const [layer, unit] = factor.name === "a" ? (factor.units[0]!.split("/").map(Number) as [number, number]) : into;
        if (!props.isDrawn(layer, unit)) return null;
        const { x, y } = props.at(layer, unit);
        const shift = factor.name === "a" ? 0 : 78 * (others.indexOf(factor) - (others.length - 1) / 2);
        const top = y - (layer === about.value!.sizes.length - 1 || factor.name === "a" ? 52 : 44);
        return <Chip factor={factor} x={x + shift} y={Math.max(top, -30)} />;
      })}
    </g>
  );
}

function Chip(props: { factor: Factor; x: number; y: number }) {
  const { name, value, units } = props.factor;
  return (
    <g class={`chip ${name}`} transform={`translate(${props.x},${props.y})`} data-units={units.join(" ")}>
      <rect x={-37} y={-9} width={74} height={18} rx={9} />
      <text y={4}>{text.factorSigns[name]} {isKnown(selected.value) ? format(value) : "—"}</text>
    </g>
  );
}
