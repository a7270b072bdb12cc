import { render } from "preact";
import { signal } from "@preact/signals";
import { ask, connect, findings, frame, notice, place, playing, select } from "./state";
import { Controls, Loop } from "./controls";
import { Setup } from "./setup";
import { Curve, Layers } from "./curve";
import { Data } from "./data";
import { Matrix } from "./matrix";
import { Network } from "./network";
import { Why } from "./why";
import { Guide, open as openScene } from "./guide";
import { Lab, LabMenu } from "./lab";
import { watch } from "./marks";
import { onKey, onKeyUp } from "./keys";
import { scene } from "./scene";
import { format } from "./format";
import { home } from "./host";
import { Kernel, type Model } from "./kernel";
import { Tape } from "./tape";
import { Wire, type Host } from "./wire";
import { share, Sharing, TaskCard } from "./task";
import { Ten } from "./ten";
import { toggleTheme } from "./theme";
import { said } from "./said";
import { text } from "./strings";

const help = signal(false);

function App() {
  if (!frame.value) return <p class="notice" role="alert">{notice.value || "…"}</p>;
  return (
    <>
      <header>
        <h1>{text.title}</h1>
        <Setup />
        <span class="tools">
          <button onClick={() => (scene.value === null ? openScene(0) : (scene.value = null))} aria-pressed={scene.value !== null} data-do="tour">{text.tour}</button>
          <LabMenu />
          <button onClick={diagnose} data-do="diagnose">{text.diagnose}</button>
          <button onClick={share} data-do="share">{text.share}</button>
          <button onClick={toggleTheme} data-do="theme">{text.theme}</button>
          <button onClick={() => (help.value = !help.value)} aria-expanded={help.value} data-do="help">{text.help}</button>
        </span>
      </header>
      <Controls />
      <Loop />
      <p class="said" role="status" aria-live="polite">{said()}</p>
      {notice.value && <p class={`notice${notice.value.startsWith("chainrule play ") ? " code" : ""}`} role="alert">{notice.value}</p>}
      <TaskCard />
      <Sharing />
      <Guide />
      <Ten />
      <Lab diagnose={diagnose} />
      {help.value && <Keys />}
      {findings.value && <Findings />}
      <main>
        <section aria-labelledby="data-title"><h2 id="data-title">{text.data}</h2><Data /></section>
        <section class="middle" aria-labelledby="network-title"><h2 id="network-title">{text.network}</h2><Network /><Curve /><Layers /><Matrix /></section>
        <section class="last" aria-labelledby="why-title" tabIndex={0}><h2 id="why-title">{text.why}</h2><Why /></section>
      </main>
    </>
  );
}

async function diagnose(): Promise<void> {
  if (findings.value) findings.value = null;
  else findings.value = (await ask({ type: "diagnose" }))?.header.findings ?? null;
}

function Keys() {
  return (
    <aside class="card">
      <dl class="keys">{text.keys.map(([key, what]) => <><dt><kbd>{key}</kbd></dt><dd>{what}</dd></>)}</dl>
    </aside>
  );
}

function Findings() {
  const found = findings.value!;
  return (
    <aside class="card findings" aria-label={text.diagnose}>
      {found.length === 0 && <p>{text.healthy}</p>}
      {found.map((finding) => <p><b>{finding.code}</b> {finding.sentence} <code>{finding.fix}</code></p>)}
    </aside>
  );
}

/** A table that is dropped or pasted anywhere becomes the data. */
async function take(content: string): Promise<void> {
  playing.value = false;
  if (await ask({ type: "data", csv: content })) place.value = 0;
}

/** Draw the page into an element, with somebody who answers, and listen to keys and dropped tables. */
function begin(into: Element, answers: Promise<Host>): void {
  const { tree } = home;
  tree.addEventListener("dragover", (event) => event.preventDefault());
  tree.addEventListener("drop", async (event) => {
    event.preventDefault();
    const file = (event as DragEvent).dataTransfer?.files[0];
    if (file) await take(await file.text());
  });
  tree.addEventListener("paste", (event) => {
    const pasted = (event as ClipboardEvent).clipboardData?.getData("text/plain") ?? "";
    if (!(event.target as Element).matches("input") && pasted.includes("\n")) void take(pasted);
  });
  tree.addEventListener("keydown", (event) => onKey(event as KeyboardEvent, () => (help.value = !help.value)));
  watch();
  tree.addEventListener("keyup", (event) => onKeyUp(event as KeyboardEvent));
  document.addEventListener("visibilitychange", () => document.hidden && (playing.value = false));
  render(<App />, into);
  answers.then(connect).catch(() => (notice.value = text.lost));
}

/** A view of the widget in a notebook: its own tree and style, so that neither page touches the other. */
export function mount(element: HTMLElement, model: Model, style: string): () => void {
  element.dataset.lmSuppressShortcuts = "true"; // JupyterLab leaves the keys to the page
  const shadow = element.attachShadow({ mode: "open" });
  const sheet = document.createElement("style");
  const app = document.createElement("div");
  sheet.textContent = style;
  app.id = "app";
  app.tabIndex = -1; // a click beside everything still brings the keys here
  shadow.append(sheet, app);
  Object.assign(home, { root: element, tree: shadow });
  begin(app, Promise.resolve(new Kernel(model)));
  return () => render(null, app);
}

export { format, select };

if (document.currentScript) {
  const tape = document.getElementById("tape");
  begin(document.getElementById("app")!, tape ? Tape.open(tape) : Wire.open(() => (notice.value = text.lost)));
}
