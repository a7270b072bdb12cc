// Practice: the steps that lead to the selected number, all given, the last one blank, or all blank. The engine says
// whether an answer is right, and which mistake a wrong one comes from.

import { effect, signal } from "@preact/signals";
import { about, ask, askBeside, frame, selected } from "./state";
import { home } from "./host";
import { text } from "./strings";

type Step = { asked: string; given: string[]; hint: string; prompt: string; worked: string | null };
type Reply = { right: boolean; said: string };
export type Fading = "given" | "last" | "all";

export const fading = signal<Fading | null>(null); // null while nobody practises
const found = signal<{ quantity: string; steps: Step[] } | null>(null);
const replies = signal<Record<number, Reply>>({});
const hints = signal<number[]>([]);
const key = signal<string[]>([]);

/** Whether the explanation would give away what is asked for. */
export const isAsking = () => fading.value !== null && fading.value !== "given" && open() > 0;
const open = () => found.value?.steps.filter((step, k) => step.worked === null && !replies.value[k]?.right).length ?? 0;

export function practise(): void {
  fading.value = fading.value === null ? (about.value!.task.fading === "given" ? "all" : about.value!.task.fading) : null;
}

effect(() => {
  if (fading.value !== null && selected.value && frame.value) void load(selected.value, fading.value);
});

async function load(quantity: string, how: Fading): Promise<void> {
  const answer = await askBeside({ type: "practice", quantity, fading: how });
  found.value = answer && (answer.header as any);
  replies.value = {};
  hints.value = [];
  key.value = [];
}

async function check(step: number, given: string): Promise<void> {
  const answer = await ask({ type: "answer", quantity: found.value!.quantity, step, answer: given });
  if (!answer) return;
  const { right, said } = answer.header;
  replies.value = { ...replies.value, [step]: { right, said: said || text.notYetRight } };
  if (!right) hints.value = [...hints.value, step];
}

async function print(): Promise<void> {
  const answer = await askBeside({ type: "practice", quantity: selected.value, fading: fading.value, key: 1 });
  if (!answer) return;
  key.value = answer.header.key;
  home.root.dataset.print = "practice";
  requestAnimationFrame(() => {
    window.print();
    delete home.root.dataset.print;
  });
}

export function Practice() {
  if (fading.value === null) return null;
  const { step, row } = frame.value!;
  return (
    <div class="practice card" aria-label={text.practice}>
      <p class="tools">
        <label>{text.steps} <select value={fading.value} data-do="fading" onChange={(e) => (fading.value = e.currentTarget.value as Fading)}>
          {Object.entries(text.fadings).map(([name, words]) => <option value={name}>{words}</option>)}
        </select></label>
        <button onClick={print} data-do="print">{text.print}</button>
        <button onClick={practise} data-do="end-practice">{text.close}</button>
      </p>
      <p class="paper">{text.sheetOf(about.value!.title, selected.value, step, row)} {about.value!.task.question}</p>
      <ol>{found.value?.steps.map((one, k) => <li><StepOf step={one} k={k} /></li>)}</ol>
      {key.value.length > 0 && <pre class="key">{[text.key, ...key.value].join("\n")}</pre>}
    </div>
  );
}

function StepOf(props: { step: Step; k: number }) {
  const { step, k } = props;
  const reply = replies.value[k];
  if (step.worked !== null) return <>{step.worked}</>;
  return (
    <form onSubmit={(e) => { e.preventDefault(); void check(k, String(new FormData(e.currentTarget).get("answer") ?? "")); }} data-blank={k}>
      <span class="given">{step.given.join(", ")}</span>
      <label>{step.prompt} = <input name="answer" inputMode="decimal" autocomplete="off" size={10} key={`${selected.value} ${frame.value!.step} ${fading.value}`} /></label>{" "}
      <button>{text.check}</button>{" "}
      {!hints.value.includes(k) && <button type="button" onClick={() => (hints.value = [...hints.value, k])}>{text.hint}</button>}
      {reply && <p role="status" class={reply.right ? "right" : "wrong"}>{reply.right ? "✓" : "✗"} {reply.said}</p>}
      {hints.value.includes(k) && !reply?.right && <p class="note">{step.hint}</p>}
    </form>
  );
}
