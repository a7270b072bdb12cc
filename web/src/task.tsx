// What a teacher sets: a question that is checked, what is locked, and which steps are given. It travels in the code.

import { signal } from "@preact/signals";
import { about, ask, notice, selected, type Task } from "./state";
import { practise } from "./practice";
import { text } from "./strings";

export const isLocked = (what: string) => about.value!.task.locked.includes(what);

const sharing = signal(false);
const reply = signal<{ right: boolean; said: string } | null>(null);

/** The code of what is on the screen; a card to set a task with it. */
export async function share(): Promise<void> {
  sharing.value = true;
  await send({ type: "share" });
}

async function send(message: Record<string, unknown>): Promise<void> {
  const answer = await ask(message);
  if (!answer) return;
  notice.value = `chainrule play ${answer.header.code}`;
  await navigator.clipboard?.writeText(notice.value).catch(() => undefined);
}

/** For teachers: with the code goes what they fill in here. */
export function Sharing() {
  if (!sharing.value) return null;
  if (about.value!.task.locked.length) return null; // a class passes on what it was given
  const number = /^[Wb]\d/.test(selected.value) ? `dL_d${selected.value}` : selected.value;
  const make = (form: HTMLFormElement) => {
    const data = new FormData(form);
    const read = (name: string) => String(data.get(name) ?? "");
    const task: Task = { question: read("question"), of: read("of"), fading: read("fading") as Task["fading"], locked: data.getAll("locked").map(String) };
    return send({ type: "share", task });
  };
  return (
    <aside class="card" aria-label={text.teach}>
      <form class="teach" onSubmit={(e) => { e.preventDefault(); void make(e.currentTarget); }}>
        <p>{text.teachWords}</p>
        <label>{text.question} <input name="question" size={48} maxLength={500} /></label>
        <label>{text.answeredBy} <input name="of" size={14} value={number} key={number} /></label>
        <label>{text.steps} <select name="fading">{Object.entries(text.fadings).map(([name, words]) => <option value={name}>{words}</option>)}</select></label>
        <fieldset>
          <legend>{text.lock}</legend>
          {Object.entries(text.locks).map(([name, words]) => <label><input type="checkbox" name="locked" value={name} /> {words}</label>)}
        </fieldset>
        <p class="tools"><button class="main" data-do="make-task">{text.makeCode}</button><button type="button" onClick={() => (sharing.value = false)}>{text.close}</button></p>
      </form>
    </aside>
  );
}

/** For the class: the question, and what is locked. */
export function TaskCard() {
  const { question, of, locked, fading } = about.value!.task;
  if (!question && !locked.length) return null;
  const check = async (given: string) => {
    const answer = await ask({ type: "answer", of, answer: given });
    if (answer) reply.value = { right: answer.header.right, said: answer.header.said || text.notYetRight };
  };
  return (
    <aside class="card task" aria-label={text.task}>
      {question && <p><b>{question}</b></p>}
      {question && of && (
        <form class="tools" onSubmit={(e) => { e.preventDefault(); void check(String(new FormData(e.currentTarget).get("answer") ?? "")); }}>
          <label>{of} = <input name="answer" inputMode="decimal" autocomplete="off" size={10} /></label> <button data-do="check-task">{text.check}</button>
        </form>
      )}
      {reply.value && <p role="status" class={reply.value.right ? "right" : "wrong"}>{reply.value.right ? "✓" : "✗"} {reply.value.said}</p>}
      <p class="tools">
        {fading !== "given" && <button onClick={practise}>{text.practise}</button>}
        {locked.length > 0 && <small>{text.isLocked(locked.map((name) => text.locks[name]!))}</small>}
      </p>
    </aside>
  );
}
