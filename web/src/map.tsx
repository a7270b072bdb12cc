// What the network answers over a plane through its inputs, with the rows on it. Each class has a colour and a
// shape of its own; how sure the network is shows as the strength of the colour.

import { useEffect, useRef } from "preact/hooks";
import { about, boundary, frame, plane, setPlane, table, type BoundaryMap } from "./state";
import { format } from "./format";
import { home } from "./host";
import { themed } from "./theme";
import { text } from "./strings";

const SIZE = 220;
const FAINT = 0.12; // how much of its colour a class has where the network is not sure of anything
const N_COLOURS = 8;
const MANY = 20; // points from which on they are drawn small

type Colour = [number, number, number];

const colourOf = (name: string): Colour => {
  const hex = getComputedStyle(home.root).getPropertyValue(name).trim();
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as Colour;
};
const mixed = (one: Colour, other: Colour, part: number) => one.map((c, k) => Math.round(c + (other[k]! - c) * part)) as Colour;
const className = (k: number) => `--class-${k % N_COLOURS}`;

/** The colour of a point of the map. */
function painter(map: BoundaryMap): (at: number) => Colour {
  const ground = colourOf("--panel");
  const pixels = map.arrays.map!.data;
  if (map.n_classes !== undefined) {
    const colours = Array.from({ length: Math.min(map.n_classes, N_COLOURS) }, (_, k) => colourOf(className(k)));
    const sure = map.arrays.confidence!.data;
    return (at) => mixed(ground, colours[pixels[at]! % N_COLOURS]!, FAINT + (0.62 * sure[at]!) / 255);
  }
  const [low, high] = [colourOf("--map-low"), colourOf("--map-high")];
  return (at) => mixed(low, high, pixels[at]! / 255);
}

/** Around (0, 0), of half the size 1: circle, square, triangle, diamond, cross, pentagon, hourglass, plus. */
const SHAPES = [
  "M1,0A1,1 0 1 1 -1,0A1,1 0 1 1 1,0Z", "M-.9-.9H.9V.9H-.9Z", "M0-1.1L1.1 .9H-1.1Z", "M0-1.3L1.1 0L0 1.3L-1.1 0Z",
  "M-1.2-.7L-.7-1.2L0-.5L.7-1.2L1.2-.7L.5 0L1.2 .7L.7 1.2L0 .5L-.7 1.2L-1.2 .7L-.5 0Z", "M0-1.1L1.1-.3L.7 1H-.7L-1.1-.3Z",
  "M-1-1H1L-1 1H1Z", "M-.4-1.2H.4V-.4H1.2V.4H.4V1.2H-.4V.4H-1.2V-.4H-.4Z",
];

export function Boundary() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const map = boundary.value!;
  const theme = themed.value;
  useEffect(() => {
    const to = canvas.current?.getContext("2d");
    if (!to) return;
    const size = map.arrays.map!.shape[0]!;
    const image = to.createImageData(size, size);
    const paint = painter(map);
    for (let k = 0; k < size * size; k++) image.data.set([...paint(k), 255], 4 * k);
    to.putImageData(image, 0, 0);
  }, [map, theme]);
  return (
    <figure class="map">
      <div class="plane">
        <canvas ref={canvas} width={64} height={64} role="img" aria-label={`${text.map}: ${axis(0)}, ${axis(1)}`} />
        <svg viewBox={`0 0 ${SIZE} ${SIZE}`} aria-hidden="true"><Points map={map} /></svg>
      </div>
      <figcaption>
        {about.value!.columns.length > 2 ? <Axes /> : <>{axis(0)} → , {axis(1)} ↑</>}
        <Legend map={map} />
      </figcaption>
    </figure>
  );
}

function axis(k: number): string {
  const { columns } = boundary.value!;
  return columns ? about.value!.columns[columns[k]!]! : text.component(k);
}

function Points(props: { map: BoundaryMap }) {
  const { x, y, arrays, n_classes } = props.map;
  const { data, shape } = arrays.places!;
  const put = (value: number, range: number[]) => (SIZE * (value - range[0]!)) / (range[1]! - range[0]!);
  const half = shape[0]! > MANY ? 3.2 : 6.5;
  const at = (r: number) => `translate(${put(data[2 * r]!, x)},${SIZE - put(data[2 * r + 1]!, y)})`;
  const order = [...Array(shape[0]).keys()].sort((p, q) => Number(p === frame.value!.row) - Number(q === frame.value!.row));
  return (
    <>
      {order.map((r) => {
        const isChosen = r === frame.value!.row;
        const kind = n_classes === undefined ? Number(arrays.shades!.data[r]! > 127) : table.value.y!.data[r]!;
        const fill = n_classes === undefined ? undefined : `var(${className(kind)})`;
        return <path d={SHAPES[kind % SHAPES.length]} transform={`${at(r)} scale(${isChosen ? 1.5 * half : half})`} fill={fill}
          class={`point${n_classes === undefined ? (kind ? " high" : " low") : ""}${isChosen ? " chosen" : ""}`} />;
      })}
    </>
  );
}

/** What colours and shapes mean. */
function Legend(props: { map: BoundaryMap }) {
  const { n_classes, low, high, output } = props.map;
  const { outputs } = about.value!;
  const sign = (kind: number, fill?: string, name = "") => (
    <svg viewBox="-1.6 -1.6 3.2 3.2" width="12" height="12" aria-hidden="true"><path d={SHAPES[kind % SHAPES.length]} class={`point ${name}`} fill={fill} /></svg>
  );
  if (n_classes === undefined) {
    return (
      <p class="legend">
        {outputs[output!] ?? text.answer}: {sign(0, undefined, "low")} {format(low)} <span class="scale" /> {format(high)} {sign(1, undefined, "high")}
      </p>
    );
  }
  return (
    <ul class="legend" aria-label={text.classes}>
      {Array.from({ length: n_classes }, (_, k) => <li>{sign(k, `var(${className(k)})`)} {outputs[k] ?? k}</li>)}
      <li class="note">{text.confidence}</li>
    </ul>
  );
}

/** Which two inputs the map shows, where there are more. */
function Axes() {
  const { columns } = about.value!;
  const { plane: kind, across, up } = plane.value;
  const choose = (name: "across" | "up", arrow: string, value: number) => (
    <label>
      {arrow} <select value={value} data-do={name} aria-label={`${text.map} ${arrow}`} onChange={(e) => setPlane({ plane: "columns", [name]: Number(e.currentTarget.value) })}>
        {columns.map((column, k) => <option value={k}>{column}</option>)}
      </select>
    </label>
  );
  const kept = boundary.value!.kept;
  return (
    <span class="tools">
      {kind === "columns" && choose("across", "→", across)}
      {kind === "columns" && choose("up", "↑", up)}
      <button aria-pressed={kind === "components"} data-do="components" onClick={() => setPlane({ plane: kind === "columns" ? "components" : "columns" })}>{text.components}</button>
      <small>{kept ? text.kept(Math.round(100 * kept[0]!), Math.round(100 * kept[1]!)) : text.atMedian}</small>
    </span>
  );
}
