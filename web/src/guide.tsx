// Leads through the tour: one scene, one question, one hint at a time; always leavable.

import { signal } from "@preact/signals";
import { arrays, ask, frame, ops, place, playing, select } from "./state";
import { endOf } from "./stages";
import { nudged } from "./nudge";
import { format } from "./format";
import { find } from "./host";
import { scene } from "./scene";
import { asked as ten, openTen } from "./ten";
import { scenes, type Ask } from "./tour";
import { text } from "./strings";

const question = signal(0);
const reply = signal<{ right: boolean; said: string } | null>(null);
const hint = signal(false);
export const score = signal(0);

export async function open(k: number): Promise<void> {
  const { problem, training, row, steps, shown, nudge } = scenes[k]!;
  playing.value = false;
  scene.value = k;
  question.value = 0;
  reply.value = null;
  hint.value = false;
  await ask({ type: "configure", problem });
  if (training) await ask({ type: "edit", change: { kind: "training", settings: training } });
  if (steps) for (let n = 0; n < steps; n++) await ask({ type: "advance", steps: 1 });
  if (row !== undefined) await ask({ type: "show", row });
  place.value = endOf(ops.value, ...shown);
  await select(""); // what is asked for is explained once it is answered
  if (nudge) await nudged(scenes[k]!.select);
  find(".guide form input, .guide form button")?.focus();
}

/** A number of the present step by its name: "z1[0]", "dL_dW1[0,0]", "real_change". */
export function numberOf(name: string): number {
  const match = /^(\w+?)(\d*)\[(\d+)(?:,(\d+))?\]$/.exec(name);
  if (!match) return Number((frame.value as any)[name]);
  const array = arrays.value[match[1]! + match[2]!]!;
  const layer = Number(match[2]);
  if (match[4] === undefined) return array.data[Number(match[3])]!;
  const [to, from] = [frame.value!.units[layer]!, frame.value!.units[layer - 1]!];
  return array.data[to.indexOf(Number(match[3])) * from.length + from.indexOf(Number(match[4]))]!;
}

/** Whether an answer is right, and what to say; of a number the engine judges, and knows mistakes by name. */
export async function judge(asked: Ask, given: string): Promise<{ right: boolean; said: string }> {
  const value = numberOf(asked.of);
  if (asked.kind === "sign") {
    const right = value >= 0 ? asked.positive : asked.negative;
    return { right: given === right, said: `${right}: ${asked.of} = ${format(value)}` };
  }
  if (asked.kind === "larger") {
    const other = numberOf(asked.than);
    const right = asked.names[Math.abs(value) >= Math.abs(other) ? 0 : 1];
    return { right: given === right, said: `${asked.names[0]}: ${format(value)}, ${asked.names[1]}: ${format(other)}` };
  }
  const answer = await ask({ type: "answer", of: asked.of, answer: given });
  if (!answer) return { right: false, said: text.notYetRight };
  const { right, said } = answer.header;
  return { right, said: right ? `${asked.of} = ${format(value)}` : said || text.notYetRight };
}

async function answer(given: string): Promise<void> {
  const asked = scenes[scene.value!]!.asks[question.value]!;
  const first = reply.value === null;
  reply.value = await judge(asked, given);
  if (first && reply.value.right) score.value++;
  if (!reply.value.right) hint.value = true;
  else void select(scenes[scene.value!]!.select);
}

function onward(): void {
  const last = question.value === scenes[scene.value!]!.asks.length - 1;
  if (last) {
    if (scene.value === scenes.length - 1) scene.value = null;
    else void open(scene.value! + 1);
    return;
  }
  question.value++;
  void select("");
  reply.value = null;
  hint.value = false;
}

export function Guide() {
  if (scene.value === null || ten.value) return null;
  const { title, text: words, asks } = scenes[scene.value]!;
  const asked = asks[question.value]!;
  const options = asked.kind === "sign" ? [asked.positive, asked.negative] : asked.kind === "larger" ? asked.names : null;
  return (
    <aside class="card guide" aria-label={text.tour}>
      <h2>{text.sceneOf(scene.value + 1, scenes.length)} <b>{title}</b></h2>
      <p>{words}</p>
      <form data-of={asked.of} onSubmit={(e) => { e.preventDefault(); void answer(String(new FormData(e.currentTarget).get("answer") ?? "")); }}>
        <label for="answer"><b>{asked.question}</b></label>
        {options ? (
          options.map((option) => <button type="button" onClick={() => answer(option)} data-answer={option}>{option}</button>)
        ) : (
          <>
            <input id="answer" name="answer" inputMode="decimal" autocomplete="off" size={8} key={`${scene.value}/${question.value}`}
              onKeyDown={(e) => { // a notebook keeps Enter from submitting by itself
                if (e.key !== "Enter") return;
                e.preventDefault();
                e.currentTarget.form!.requestSubmit();
              }} />
            <button>{text.check}</button>
          </>
        )}
      </form>
      <p role="status" class={reply.value?.right ? "right" : "wrong"}>
        {reply.value && `${reply.value.right ? "✓" : "✗"} ${reply.value.said}`}
      </p>
      {hint.value && !reply.value?.right && <p>{asked.hint}</p>}
      <p class="tools">
        {reply.value?.right && <button class="main" onClick={onward} data-do="onward">{text.onward}</button>}
        {!reply.value?.right && <button onClick={() => (hint.value = true)}>{text.hint}</button>}
        {scene.value > 0 && <button onClick={() => open(scene.value! - 1)}>{text.lastScene}</button>}
        {scene.value < scenes.length - 1 && <button onClick={() => open(scene.value! + 1)}>{text.nextScene}</button>}
        <button onClick={openTen} data-do="ten">{text.ten}</button>
        <button onClick={() => (scene.value = null)} data-do="leave">{text.leave}</button>
      </p>
    </aside>
  );
}
