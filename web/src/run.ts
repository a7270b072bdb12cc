// Leads the run: a step in pieces, forward and back, and playing.

import { effect } from "@preact/signals";
import { follow as followRival } from "./compare";
import { ask, current, cutUp, frame, grain, ops, place, playing, select, selected, speed, type CutUp } from "./state";
import { endOf, next, previous, type Station } from "./stages";

const MILLISECONDS = { slow: 900, normal: 250, fast: 30 };
const BUDGET = 8; // of one request at the speed "max"

/** One piece forward: within the step as far as `grain` goes, then to the next step. */
export async function stepOn(): Promise<void> {
  const whole = grain.value === "step" || grain.value === "epoch";
  if (!whole && place.value < ops.value.length) {
    place.value = next(ops.value, place.value, grain.value);
    return follow();
  }
  const left = grain.value === "epoch" ? frame.value!.n_batches - frame.value!.batch : 1;
  if (await ask({ type: "advance", steps: left })) place.value = whole ? ops.value.length : 0;
}

/** One piece back, through the same states. */
export async function stepBack(): Promise<void> {
  const whole = grain.value === "step" || grain.value === "epoch";
  if (!whole && place.value > 0) {
    place.value = previous(ops.value, place.value, grain.value);
    return follow();
  }
  const { step, batch, n_batches } = frame.value!;
  const back = grain.value === "epoch" ? (batch === 0 ? n_batches : batch) : 1;
  if (step === 0) {
    place.value = 0;
    return;
  }
  if (await ask({ type: "seek", step: Math.max(0, step - back) })) place.value = ops.value.length;
}

export async function toStart(): Promise<void> {
  playing.value = false;
  if (await ask({ type: "seek", step: 0 })) place.value = 0;
}

export async function seek(step: number): Promise<void> {
  if (await ask({ type: "seek", step })) place.value = ops.value.length;
}

export function toStation(station: Station): void {
  place.value = endOf(ops.value, station);
  void follow();
}

/** The explanation follows what is being computed. */
async function follow(): Promise<void> {
  const op = current.value;
  const quantity = op?.quantity(grain.value);
  if (quantity && quantity !== selected.value) await select(quantity);
  if (grain.value === "product") await cut(op?.target ?? "");
}

/** Ask for the pieces of a number, unless they are there. */
async function cut(target: string): Promise<void> {
  if (!target || target === "loss" || cutUp.value?.quantity === target) return;
  const answer = await ask({ type: "pieces", quantity: target });
  if (answer) cutUp.value = answer.header as unknown as CutUp;
}

let timer = 0;
let turn = 0; // of playing: one that was started earlier ends

async function tick(mine: number): Promise<void> {
  if (!playing.value || mine !== turn) return;
  if (speed.value === "max") {
    grain.value = "step";
    if (await ask({ type: "advance", budget_ms: BUDGET })) place.value = ops.value.length;
    return tick(mine); // the next steps are made while this page is drawn
  }
  await stepOn();
  if (playing.value) timer = window.setTimeout(tick, MILLISECONDS[speed.value], mine);
}

effect(() => {
  if (frame.value) void followRival();
});
effect(() => {
  window.clearTimeout(timer);
  if (playing.value) void tick(++turn);
});
