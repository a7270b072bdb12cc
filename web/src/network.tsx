// The network as a drawing: units with z, a, then δ; edges with w, then ∂L/∂w.

import { signal } from "@preact/signals";
import { about, arrays, current, frame, isKnown, isOpen, lit, isOnItsWays, piece, choose, select, selected } from "./state";
import { Chips } from "./factors";
import { format } from "./format";
import { text } from "./strings";

const MAX_EDGES = 48; // between two layers
const MAX_LABELLED = 24; // edges up to which each carries its number
const WIDE = 620;
const NARROW = 440; // on a phone, where the numbers must stay readable
const phone = matchMedia("(max-width: 600px)");
const width = signal(phone.matches ? NARROW : WIDE);
phone.addEventListener("change", () => (width.value = phone.matches ? NARROW : WIDE));
const MOST_LARGE = 6; // units of a layer up to which each shows z, a and δ

type Point = { x: number; y: number };

/** Half the size of a drawn unit. */
const BOX = { wide: 44, high: 27, inputHigh: 14, smallWide: 33, smallHigh: 12 };

/** Of a layer of so many units, where layers stand `gap` apart. */
function box(layer: number, count: number, gap: number): { w: number; h: number } {
  const most = Math.max(gap / 2 - 6, 6);
  if (count > MOST_LARGE || most < BOX.smallWide) return { w: Math.min(BOX.smallWide, most), h: BOX.smallHigh };
  return { w: Math.min(BOX.wide, most), h: layer === 0 ? BOX.inputHigh : BOX.high };
}

export function Network() {
  const { sizes } = about.value!;
  const layers = frame.value!.units;
  const total = width.value;
  const height = layers.some((units) => units.length === MOST_LARGE) ? 430 : 380;
  const margin = layers[0]!.length > 6 ? 100 : 0; // names of many inputs stand beside them
  const gap = (total - 150 - margin) / Math.max(sizes.length - 1, 1);
  const at = (l: number, k: number): Point => ({
    x: BOX.wide + 6 + margin + gap * l,
    y: (height * (layers[l]!.indexOf(k) + 0.5)) / layers[l]!.length,
  });
  const edges = sizes.slice(1).reduce((n, _, l) => n + layers[l]!.length * layers[l + 1]!.length, 0);
  return (
    <div class="drawing"><svg class={`network ${current.value?.station ?? ""}`} viewBox={`0 -38 ${total} ${height + 56}`} role="group" aria-label={text.network}>
      {sizes.slice(1).map((_, l) => <Edges layer={l + 1} from={layers[l]!} to={layers[l + 1]!} at={at} labelled={edges <= MAX_LABELLED} />)}
      {layers.map((units, l) => units.map((k) => <Unit layer={l} unit={k} at={at(l, k)} size={box(l, units.length, gap)} />))}
      {layers.map((units, l) => (
        <text class="caption" x={at(l, units[0]!).x} y={sizes[l]! > units.length || (gap < 80 && l % 2) ? -23 : -10}>
          {l === 0 ? text.inputs : `${l} ${about.value!.activation[l]}`}
          {sizes[l]! > units.length && <tspan x={at(l, units[0]!).x} dy={13}>{text.more(sizes[l]! - units.length)}</tspan>}
        </text>
      ))}
      <Chips at={at} isDrawn={(l, k) => layers[l]!.includes(k)} />
      <Targets at={at} x={total - 28} right={total - 2} bottom={height - 4} />
    </svg></div>
  );
}

function Edges(props: { layer: number; from: number[]; to: number[]; at: (l: number, k: number) => Point; labelled: boolean }) {
  const { layer, from, to, at } = props;
  const W = arrays.value[`W${layer}`];
  const grads = arrays.value[`dL_dW${layer}`];
  if (!W) return null;
  const n = W.shape[1]!;
  const widths = Array.from(W.data, Math.abs).sort((p, q) => q - p);
  const largest = widths[0] ?? 0;
  const least = widths[MAX_EDGES] ?? 0; // of many edges the widest are drawn, and those of the chosen unit
  return (
    <g>
      {to.map((j, row) =>
        from.map((i, column) => {
          const at0 = row * n + column;
          const w = W.data[at0]!;
          if (Math.abs(w) < least && !touches(layer, j, i) && !isNow(layer, j, i)) return null;
          const a = at(layer - 1, i);
          const b = at(layer, j);
          const quantity = `W${layer}[${j},${i}]`;
          const known = isKnown(quantity);
          const on = lit.value?.length ? lit.value.some((way) => isOnWay(way.units, layer, j, i)) : isOnItsWays(layer, j, i);
          const rank = row / Math.max(to.length - 1, 1);
          const x = numberAt(a, b, from.length === 1 || to.length === 1 ? null : rank);
          const y = a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x);
          return (
            <g class={`edge ${w < 0 ? "negative" : "positive"}${isNow(layer, j, i) ? " now" : ""}${selected.value === quantity ? " selected" : ""}${on ? "" : " faded"}`}
              onClick={() => choose(quantity)} data-edge={quantity}>
              <line class="hit" x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
              <line x1={a.x} y1={a.y} x2={b.x} y2={b.y} stroke-width={largest ? 0.6 + (4 * Math.abs(w)) / largest : 0.6} />
              {props.labelled && (
                <text x={x} y={y - 2}>
                  <tspan data-ref={quantity}>{format(w)}</tspan>
                  {known && grads && <tspan class="gradient" x={x} dy={13} data-ref={`dL_d${quantity}`}>{format(grads.data[at0])}</tspan>}
                </text>
              )}
            </g>
          );
        }),
      )}
    </g>
  );
}

/** Where the number of an edge stands. Edges that cross have it at different heights: `rank` is that of the unit
 *  that they lead to among its layer, from 0 to 1; null where no two cross. */
function numberAt(a: Point, b: Point, rank: number | null): number {
  const between = b.x - a.x - 2 * BOX.wide; // the boxes
  if (rank === null || (width.value === NARROW && a.y === b.y)) return a.x + BOX.wide + between / 2;
  if (width.value === NARROW) return a.x + (b.x - a.x) * (0.3 + 0.22 * rank);
  return a.x + BOX.wide + between * (0.34 + 0.32 * rank);
}

/** Whether the product over an edge is being taken. */
function isNow(layer: number, to: number, from: number): boolean {
  const link = piece.value?.link;
  return Boolean(link) && link![0] === layer && link![1] === to && link![2] === from;
}

/** Whether the selection is one of the two units of an edge, or the edge. */
function touches(layer: number, to: number, from: number): boolean {
  const chosen = /^[a-zA-Z]+(\d+)\[(\d+)(?:,(\d+))?/.exec(selected.value);
  if (!chosen) return false;
  const [at, unit] = [Number(chosen[1]), Number(chosen[2])];
  if (chosen[3] !== undefined) return at === layer && unit === to && Number(chosen[3]) === from;
  return (at === layer && unit === to) || (at === layer - 1 && unit === from);
}

/** Units of a way stand from the weight's layer on to the output. */
function isOnWay(units: number[], layer: number, to: number, from: number): boolean {
  const chosen = /^[a-zA-Z]+(\d+)\[(\d+)(?:,(\d+))?/.exec(selected.value);
  if (!chosen) return false;
  const first = Number(chosen[1]);
  if (layer === first && chosen[3] !== undefined) return to === Number(chosen[2]) && from === Number(chosen[3]);
  const k = layer - first;
  return k > 0 && units[k] === to && units[k - 1] === from;
}

function Unit(props: { layer: number; unit: number; at: Point; size: { w: number; h: number } }) {
  const { layer, unit, at, size } = props;
  const { inputs, outputs, sizes } = about.value!;
  const number = (kind: string) => arrays.value[`${kind}${layer}`]?.data[unit];
  const name = layer === 0 ? inputs[unit] : layer === sizes.length - 1 ? outputs[unit] : undefined;
  const forward = layer === 0 || isKnown(`a${layer}[${unit}]`);
  const backward = layer > 0 && isKnown(`delta${layer}[${unit}]`);
  const quantity = layer === 0 ? `a0[${unit}]` : backward ? `delta${layer}[${unit}]` : forward ? `a${layer}[${unit}]` : `z${layer}[${unit}]`;
  const a = forward ? number("a") : undefined;
  const small = size.h === BOX.smallHigh;
  const chosen = /^(z|a|delta|b)(\d+)\[(\d+)\]$/.exec(selected.value);
  const isChosen = chosen && Number(chosen[2]) === layer && Number(chosen[3]) === unit;
  const tone = a === undefined ? "" : a < 0 ? " negative" : " positive";
  const op = current.value;
  const isWorkedAt = piece.value !== null && op!.layer === layer && op!.unit === unit;
  const line = (kind: string, symbol: string, y: number, known: boolean) => {
    const isRunning = isOpen.value && piece.value && op!.target === `${kind}${layer}[${unit}]`;
    return (
      <text class={`${kind}${isRunning ? " running" : ""}`} y={y}>
        <tspan class="symbol">{symbol} </tspan>
        {isRunning ? <tspan data-ref={`${op!.target}:${op!.piece}`}>{format(piece.value!.total)} …</tspan>
          : <tspan data-ref={`${kind}${layer}[${unit}]`}>{known ? format(number(kind)) : "—"}</tspan>}
      </text>
    );
  };
  return (
    <g class={`unit${tone}${isWorkedAt ? " now" : ""}${isChosen ? " selected" : ""}${isOnItsWays(layer, unit) ? "" : " faded"}`} transform={`translate(${at.x},${at.y})`} tabIndex={0} role="button"
      aria-label={size.w < 24 ? `${text.unit(unit, layer, name)}: a ${format(a)}` : undefined}
      aria-description={text.unit(unit, layer, name)} data-unit={`${layer}/${unit}`}
      onClick={() => select(quantity)} onKeyDown={(e) => e.key === "Enter" && select(quantity)}>
      <rect x={-size.w} y={-size.h} width={2 * size.w} height={2 * size.h} rx={8} class="ground" />
      <rect x={-size.w} y={-size.h} width={2 * size.w} height={2 * size.h} rx={8}
        fill-opacity={a === undefined ? 0 : 0.06 + 0.34 * Math.min(Math.abs(a), 1)} />
      {name && (
        <text class={layer === 0 && small ? "name side" : "name"} x={layer === 0 && small ? -size.w - 5 : 0} y={layer === 0 && small ? 4 : -size.h - 5}>
          {name.length > 16 ? name.slice(0, 15) + "…" : name}
        </text>
      )}
      {size.w < 24 ? null : layer === 0 || small ? line("a", "", 4, forward) : (
        <>
          {line("z", "z", -11, isKnown(`z${layer}[${unit}]`))}
          {line("a", "a", 4, forward)}
          {line("delta", "δ", 19, backward)}
          <Bias layer={layer} unit={unit} y={size.h + 13} />
        </>
      )}
      {small && size.w >= 24 && layer > 0 && backward && line("delta", "δ", size.h + 10, true)}
    </g>
  );
}

function Bias(props: { layer: number; unit: number; y: number }) {
  const { layer, unit, y } = props;
  const quantity = `b${layer}[${unit}]`;
  const b = arrays.value[`b${layer}`]?.data[unit];
  const gradient = isKnown(quantity) ? arrays.value[`dL_db${layer}`]?.data[unit] : undefined;
  if (b === undefined) return null;
  return (
    <text class={`bias${selected.value === quantity ? " selected" : ""}`} y={y}
      onClick={(e) => { e.stopPropagation(); void choose(quantity); }}>
      b <tspan data-ref={quantity}>{format(b)}</tspan>
      {gradient !== undefined && <tspan class="gradient" data-ref={`dL_d${quantity}`}> {format(gradient)}</tspan>}
    </text>
  );
}

function Targets(props: { at: (l: number, k: number) => Point; x: number; right: number; bottom: number }) {
  const { sizes } = about.value!;
  const last = sizes.length - 1;
  const known = isKnown("loss");
  return (
    <g class="targets">
      {frame.value!.units[last]!.map((k) => {
        const { x, y } = props.at(last, k);
        return (
          <g>
            <line x1={x + BOX.wide} y1={y} x2={props.x - 26} y2={y} />
            <text x={props.x} y={y - 6} class="name">{text.target}</text>
            <text x={props.x} y={y + 10} data-ref={`target[${k}]`}>{format(arrays.value.target?.data[k])}</text>
          </g>
        );
      })}
      <text class="loss" x={props.right} y={props.bottom} onClick={() => select("loss")}>
        L <tspan data-ref="row_loss">{known ? format(frame.value!.row_loss) : "—"}</tspan>
      </text>
    </g>
  );
}
