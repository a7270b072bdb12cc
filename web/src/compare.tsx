// Two runs side by side: the same seed, rows and start, one setting changed; the first number that differs is named.

import { signal } from "@preact/signals";
import { about, arrays, askBeside, choices, frame, rival } from "./state";
import type { Answer, Arrays } from "./wire";
import { format } from "./format";
import { text } from "./strings";

const asking = signal(false);

/** A second run from here on, in which `settings` differ. */
async function begin(settings: Record<string, unknown>): Promise<void> {
  asking.value = false;
  const forked = await askBeside({ type: "fork" });
  if (!forked) return;
  const lane: number = forked.header.lane;
  const label = Object.entries(settings).map(([name, value]) => `${name} ${value}`).join(", ");
  keep(await askBeside({ type: "edit", lane, change: { kind: "training", settings } }), label, lane);
}

function keep(answer: Answer | null, label: string, lane: number): void {
  if (!answer) return;
  const { loss, step } = answer.header.frame;
  rival.value = { label, lane, arrays: answer.arrays, loss, step };
}

/** Bring the second run to the step of the first. */
export async function follow(): Promise<void> {
  const { value } = rival;
  if (value && frame.value!.step !== value.step) {
    keep(await askBeside({ type: "seek", lane: value.lane, step: frame.value!.step }), value.label, value.lane);
  }
}

/** The first number of the step, in the order of the loop, that is not the same in both runs. */
export function firstDifference(one: Arrays, other: Arrays, layers: number): string | null {
  const forward = Array.from({ length: layers }, (_, l) => [`W${l + 1}`, `b${l + 1}`, `z${l + 1}`, `a${l + 1}`]).flat();
  const backward = Array.from({ length: layers }, (_, l) => [`delta${layers - l}`, `dL_dW${layers - l}`, `dL_db${layers - l}`]).flat();
  const update = Array.from({ length: layers }, (_, l) => [`update_W${l + 1}`, `update_b${l + 1}`]).flat();
  for (const name of [...forward, ...backward, ...update]) {
    const [p, q] = [one[name], other[name]];
    if (!p || !q) continue;
    const k = p.data.findIndex((value, i) => value !== q.data[i]);
    if (k < 0) continue;
    const at = p.shape.length === 2 ? `${Math.floor(k / p.shape[1]!)},${k % p.shape[1]!}` : k;
    return `${name}[${at}]: ${format(p.data[k])}, ${format(q.data[k])}`;
  }
  return null;
}

export function Compare() {
  const { value } = rival;
  if (!value) {
    return asking.value ? <Chooser /> : <button onClick={() => (asking.value = true)} data-do="compare">{text.compare}</button>;
  }
  const different = firstDifference(arrays.value, value.arrays, about.value!.sizes.length - 1);
  return (
    <p class="rival" role="status">
      {text.beside(value.label)}: L {format(frame.value!.loss)} <span class="other">{format(value.loss)}</span>
      {" · "}{different ? text.firstDifference(different) : text.same}{" "}
      <button onClick={() => (rival.value = null)} data-do="end-compare">{text.close}</button>
    </p>
  );
}

function Chooser() {
  const { learning_rate, optimizer } = about.value!.training;
  const tenth = [learning_rate * 10, learning_rate / 10].map((rate) => ({ learning_rate: Number(rate.toPrecision(12)) }));
  const others = choices.value!.optimizers.filter((name) => name !== optimizer).map((name) => ({ optimizer: name }));
  const offers: Record<string, unknown>[] = [...tenth, ...others];
  return (
    <select aria-label={text.compare} value="" data-do="rival" onChange={(e) => begin(offers[Number(e.currentTarget.value)]!)}>
      <option value="" disabled>{text.compareWith}</option>
      {offers.map((offer, k) => <option value={k}>{Object.entries(offer).map(([name, v]) => `${name} ${v}`).join()}</option>)}
    </select>
  );
}
