// Two runs side by side: the same seed, rows and start, one setting changed. The first number that differs is
// named and marked; their losses stand by step or by the milliseconds that the engine took.

import { effect, signal } from "@preact/signals";
import { about, arrays, askBeside, choices, differing, frame, playing, race, rival } from "./state";
import type { Answer, Arrays } from "./wire";
import { format } from "./format";
import { text } from "./strings";

const asking = signal(false);
const byClock = signal(false);

/** A second run from here on, in which `settings` differ. */
async function begin(settings: Record<string, unknown>): Promise<void> {
  asking.value = false;
  byClock.value = false;
  const forked = await askBeside({ type: "fork", into: 1 });
  if (!forked) return;
  const label = Object.entries(settings).map(([name, value]) => `${name} ${value}`).join(", ");
  const { step } = forked.header.frame;
  keep(await askBeside({ type: "edit", lane: 1, change: { kind: "training", settings } }), label, 1, step);
}

function keep(answer: Answer | null, label: string, lane: number, since: number): void {
  if (!answer) return;
  const { loss, step } = answer.header.frame;
  rival.value = { label, lane, arrays: answer.arrays, loss, step, since };
}

/** Bring the second run to the step of the first. */
export async function follow(): Promise<void> {
  const { value } = rival;
  if (!value || frame.value!.step === value.step) return;
  const { label, lane, since } = value;
  keep(await askBeside({ type: "seek", lane, step: frame.value!.step }), label, lane, since);
}

type Difference = { name: string; place: string; one: number; other: number };

/** The first number of the step, in the order of the loop, that is not the same in both runs. */
export function firstDifference(one: Arrays, other: Arrays, units: number[][]): Difference | null {
  const layers = units.length - 1;
  const forward = Array.from({ length: layers }, (_, l) => [`W${l + 1}`, `b${l + 1}`, `z${l + 1}`, `a${l + 1}`]).flat();
  const backward = Array.from({ length: layers }, (_, l) => [`delta${layers - l}`, `dL_dW${layers - l}`, `dL_db${layers - l}`]).flat();
  const update = Array.from({ length: layers }, (_, l) => [`update_W${l + 1}`, `update_b${l + 1}`]).flat();
  for (const name of [...forward, ...backward, ...update]) {
    const [p, q] = [one[name], other[name]];
    if (!p || !q) continue;
    const k = p.data.findIndex((value, i) => value !== q.data[i]);
    if (k < 0) continue;
    const layer = Number(/\d+$/.exec(name));
    const at = p.shape.length === 2 ? `${units[layer]![Math.floor(k / p.shape[1]!)]},${units[layer - 1]![k % p.shape[1]!]}` : k;
    // An update stands at its parameter.
    return { name: `${name}[${at}]`, place: `${name.replace("update_", "")}[${at}]`, one: p.data[k]!, other: q.data[k]! };
  }
  return null;
}

effect(() => {
  differing.value = rival.value && frame.value ? (firstDifference(arrays.value, rival.value.arrays, frame.value.units)?.place ?? null) : null;
});

/** Both runs by the clock, measured anew whenever they have come further. */
effect(() => {
  if (!byClock.value || !rival.value || playing.value) {
    if (!byClock.value || !rival.value) race.value = null;
    return;
  }
  if (rival.value.step === frame.value!.step && race.peek()?.step !== rival.value.step) void measure();
});

async function measure(): Promise<void> {
  const { lane, since, step } = rival.value!;
  const answer = await askBeside({ type: "race", other: lane, first: Math.min(since, step) });
  if (answer) race.value = { step, arrays: answer.arrays };
}

export function Compare() {
  const { value } = rival;
  if (!value) {
    return asking.value ? <Chooser /> : <button onClick={() => (asking.value = true)} data-do="compare">{text.compare}</button>;
  }
  const different = firstDifference(arrays.value, value.arrays, frame.value!.units);
  return (
    <>
      <p class="rival" role="status">
        {text.beside(value.label)}: L {format(frame.value!.loss)} <span class="other">{format(value.loss)}</span>{" · "}
        {different ? <>{text.firstDifference} <b class="differs">{different.name}</b>: {format(different.one)}, <span class="other">{format(different.other)}</span></> : text.same}
      </p>
      <span class="tools">
        <button aria-pressed={!byClock.value} onClick={() => (byClock.value = false)} data-do="by-step">{text.byStep}</button>
        <button aria-pressed={byClock.value} onClick={() => (byClock.value = true)} data-do="by-clock">{text.byClock}</button>
        <button onClick={() => (rival.value = null)} data-do="end-compare">{text.close}</button>
        {race.value && <Took />}
      </span>
    </>
  );
}

function Took() {
  const { arrays } = race.value!;
  const steps = arrays.step!.data;
  const last = (name: string) => format(arrays[name]!.data.at(-1), 3);
  return <small role="status">{text.took(steps.at(-1)! - steps[0]!, last("ms0"), last("ms1"))}</small>;
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
