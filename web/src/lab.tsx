// The trouble lab: a run that goes wrong; find why, let Diagnose answer, heal it by one button.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ask, choices, ops, place, playing, select, speed } from "./state";
import { text } from "./strings";

const HEALING = 1500; // milliseconds of training that show that it is healed

export const trouble = signal<{ code: string; healed: boolean } | null>(null);

export async function enter(code: string): Promise<void> {
  playing.value = false;
  choosing.value = false;
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
  if (choosing.value) return <Chooser />;
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

const choosing = signal(false);

export function LabMenu() {
  return (
    <button onClick={() => (choosing.value = !choosing.value)} aria-expanded={choosing.value} data-do="lab">{text.lab}</button>
  );
}

/** What goes wrong, to choose from. */
function Chooser() {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <aside class="card" aria-label={text.lab}>
      <p>{text.chooseTrouble}</p>
      <p class="tools">
        {choices.value!.troubles.map((one, k) => (
          <button ref={k === 0 ? first : undefined} onClick={() => enter(one.code)} data-trouble={one.code}>{one.title}</button>
        ))}
      </p>
    </aside>
  );
}
