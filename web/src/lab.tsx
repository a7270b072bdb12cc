// The trouble lab: a run that goes wrong; find why, let Diagnose answer, heal it by one button.

import { signal } from "@preact/signals";
import { ask, choices, ops, place, playing, select, speed } from "./state";
import { text } from "./strings";

const HEALING = 1500; // milliseconds of training that show that it is healed

export const trouble = signal<{ code: string; healed: boolean } | null>(null);

export async function enter(code: string): Promise<void> {
  playing.value = false;
  if (!(await ask({ type: "trouble", code }))) return;
  trouble.value = { code, healed: false };
  place.value = ops.value.length;
  await select("W1[0,0]");
}

async function heal(): Promise<void> {
  const { code } = trouble.value!;
  if (!(await ask({ type: "trouble", code, remedy: 1 }))) return;
  trouble.value = { code, healed: true };
  speed.value = "fast";
  playing.value = true;
  window.setTimeout(() => (playing.value = false), HEALING);
}

export function Lab(props: { diagnose: () => void }) {
  if (!trouble.value) return null;
  const { code, healed } = trouble.value;
  const title = choices.value!.troubles.find((one) => one.code === code)!.title;
  return (
    <aside class="card" aria-label={text.lab}>
      <b>{title}.</b> {healed ? text.isHealed : text.findCause}
      <p class="tools">
        {!healed && <button onClick={props.diagnose} data-do="lab-diagnose">{text.diagnose}</button>}
        <button onClick={heal} data-do="heal">{text.heal}</button>
        <button onClick={() => (trouble.value = null)}>{text.close}</button>
      </p>
    </aside>
  );
}

export function LabMenu() {
  return (
    <select aria-label={text.lab} value="" data-do="lab" onChange={(e) => enter(e.currentTarget.value)}>
      <option value="" disabled>{text.lab}</option>
      {choices.value!.troubles.map((one) => <option value={one.code}>{one.title}</option>)}
    </select>
  );
}
