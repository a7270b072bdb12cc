// Ten questions before a lesson and ten after it; the engine makes them and marks the answers.

import { signal } from "@preact/signals";
import { ask, playing } from "./state";
import { text } from "./strings";

type Part = "before" | "after";
type Question = { text: string; options: string[] };

/** The questions on the screen; meanwhile the tour waits. */
export const asked = signal<{ part: Part; questions: Question[]; marks: boolean[] | null } | null>(null);
const scores = signal<Partial<Record<Part, number>>>({});

/** Before the first score the first part is asked, then the second. */
export async function openTen(): Promise<void> {
  if (asked.value) {
    asked.value = null;
    return;
  }
  playing.value = false;
  const part: Part = scores.value.before === undefined ? "before" : "after";
  const answer = await ask({ type: "ten", part });
  if (answer) asked.value = { part, questions: answer.header.questions, marks: null };
}

async function hand(form: HTMLFormElement): Promise<void> {
  const { part, questions } = asked.value!;
  const given = new FormData(form);
  const answers = questions.map((_, k) => String(given.get(`q${k}`) ?? ""));
  const answer = await ask({ type: "ten", part, answers });
  if (!answer) return;
  scores.value = { ...scores.value, [part]: answer.header.score };
  asked.value = { ...asked.value!, marks: answer.header.marks };
}

export function Ten() {
  if (!asked.value) return null;
  const { part, questions, marks } = asked.value;
  const { before, after } = scores.value;
  return (
    <aside class="card ten" aria-label={text.ten}>
      <h2>{text.tenTitle[part]}</h2>
      <form onSubmit={(e) => { e.preventDefault(); void hand(e.currentTarget); }}>
        <ol>
          {questions.map((one, k) => (
            <li key={`${part}/${k}`}>
              {one.options.length ? (
                <fieldset disabled={marks !== null}>
                  <legend>{one.text}</legend>
                  {one.options.map((option) => <label><input type="radio" name={`q${k}`} value={option} /> {option}</label>)}
                </fieldset>
              ) : (
                <label>{one.text} <input name={`q${k}`} inputMode="decimal" autocomplete="off" size={8} readOnly={marks !== null} /></label>
              )}
              {marks && <b class={marks[k] ? "right" : "wrong"}> {marks[k] ? text.isRight : text.isWrong}</b>}
            </li>
          ))}
        </ol>
        {!marks && <button class="main" data-do="hand-in">{text.handIn}</button>}
      </form>
      <p role="status">
        {before !== undefined && text.tenScore.before(before)} {after !== undefined && text.tenScore.after(after)}
      </p>
      <p class="tools"><button onClick={openTen} data-do="close-ten">{text.close}</button></p>
    </aside>
  );
}
