// A layer as a matrix: its units sorted by what they carry back for the row, and found by number or name.

import { effect, signal } from "@preact/signals";
import { about, askBeside, frame, select, selected } from "./state";
import type { Arrays } from "./wire";
import { format } from "./format";
import { text } from "./strings";

type What = "W" | "dL_dW" | "update_W";
type Found = {
  layer: number; what: What; first: number; units: number[]; sources: number[];
  unit_names: string[]; source_names: string[]; n_units: number; n_sources: number; arrays: Arrays;
};

const STRENGTHS = 4; // of the colour of a cell
const SIZE = 12; // units of a page

const wanted = signal<{ layer: number; what: What; unit: string; source: string; first: number } | null>(null);
const found = signal<Found | null>(null);

export const open = (layer: number) => (wanted.value = wanted.value?.layer === layer ? null : { layer, what: "W", unit: "", source: "", first: 0 });
const change = (part: Partial<NonNullable<typeof wanted.value>>) => (wanted.value = { ...wanted.value!, first: 0, ...part });
export const isOpen = (layer: number) => wanted.value?.layer === layer;

let latest = 0;

effect(() => {
  if (wanted.value && frame.value) void load(wanted.value);
});

async function load(asked: NonNullable<typeof wanted.value>): Promise<void> {
  const number = ++latest;
  const answer = asked.layer < about.value!.sizes.length ? await askBeside({ type: "matrix", ...asked }) : null;
  if (number !== latest) return;
  found.value = answer && ({ ...answer.header, arrays: answer.arrays } as unknown as Found);
  if (!answer) wanted.value = null;
}

export function Matrix() {
  const { value } = found;
  if (!wanted.value || !value) return null;
  const { layer, what, unit, source } = wanted.value;
  const { units, sources, arrays, n_units, n_sources, first } = value;
  const { data } = arrays.values!;
  const largest = Math.max(0, ...Array.from(data, Math.abs));
  const tone = (v: number) => (v === 0 || !largest ? "" : `${v < 0 ? "less" : "more"}-${Math.ceil((STRENGTHS * Math.abs(v)) / largest)}`);
  const name = (number: number, called: string) => (called ? `${number} ${called}` : String(number));
  return (
    <section class="matrix" aria-label={text.matrixOf(layer)}>
      <div class="tools">
        <b>{text.matrixOf(layer)}</b>
        <select value={what} data-do="matrix-what" aria-label={text.matrixOf(layer)} onChange={(e) => change({ what: e.currentTarget.value as What })}>
          {Object.entries(text.matrixWhat).map(([key, word]) => <option value={key}>{word}</option>)}
        </select>
        <label>{text.findUnit} <input size={6} value={unit} data-do="find-unit" onInput={(e) => change({ unit: e.currentTarget.value })} /></label>
        <label>{text.findSource} <input size={6} value={source} data-do="find-source" onInput={(e) => change({ source: e.currentTarget.value })} /></label>
        <button onClick={() => (wanted.value = null)}>{text.close}</button>
      </div>
      <div class="table" tabIndex={0} role="region" aria-label={text.matrixOf(layer)}>
        <table>
          <thead>
            <tr><th>{text.unitWord}</th><th>δ</th>{sources.map((i, c) => <th title={value.source_names[c]}>{name(i, value.source_names[c]!).slice(0, 9)}</th>)}</tr>
          </thead>
          <tbody>
            {units.map((j, r) => (
              <tr>
                <th><button class="plain" onClick={() => select(`delta${layer}[${j}]`)}>{name(j, value.unit_names[r]!)}</button></th>
                <td data-ref={`delta${layer}[${j}]`}>{format(arrays.delta!.data[r])}</td>
                {sources.map((i, c) => {
                  const v = data[r * sources.length + c]!;
                  const quantity = `W${layer}[${j},${i}]`;
                  return (
                    <td class={`${tone(v)}${selected.value === quantity ? " chosen" : ""}`} data-cell={quantity} onClick={() => select(quantity)}
                      data-ref={quantity.replace("W", what)}>
                      {format(v)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="tools">
        {text.matrixShown(units.length && first + 1, first + units.length, n_units, sources.length, n_sources)}
        {first > 0 && <button onClick={() => change({ first: first - SIZE })} data-do="matrix-back">{text.before}</button>}
        {first + units.length < n_units && <button onClick={() => change({ first: first + SIZE })} data-do="matrix-on">{text.after}</button>}
      </p>
      <p class="note">{text.matrixOrder}</p>
    </section>
  );
}
