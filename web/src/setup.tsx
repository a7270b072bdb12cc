// What is trained on, the layers, and how: one line that says it, and the controls behind it.

import { about, ask, choices, playing, place, type Layer } from "./state";
import { isLocked } from "./task";
import { format } from "./format";
import { text } from "./strings";

const EDITABLE = { dense: true, layer_norm: true, residual: true };

/** Layers beside the dense ones, made to fit behind the last of `hidden`. */
const OTHERS: Record<string, (hidden: Layer[]) => any> = {
  "layer norm": () => ({ kind: "layer_norm" }),
  residual: (hidden) => {
    const units = hidden.findLast((layer) => layer.units)?.units ?? about.value!.sizes[0];
    return { kind: "residual", layers: [{ kind: "dense", units, activation: "tanh" }] };
  },
};

const configure = (change: Record<string, unknown>) => {
  playing.value = false;
  place.value = 0;
  return ask({ type: "configure", ...change });
};
const set = (settings: Record<string, unknown>) => ask({ type: "edit", change: { kind: "training", settings } });

/** What is set, in a few words: "2-2-1 sigmoid, sgd, rate 0.1, all rows". */
function inShort(): string {
  const { sizes, activation, training } = about.value!;
  const hidden = [...new Set(activation.slice(1, -1))].join(" ") || activation.at(-1);
  const parts = [`${sizes.join("-")} ${hidden}`, training.optimizer, `${text.rate} ${short(training.learning_rate)}`];
  if (training.l2) parts.push(`${text.l2} ${short(training.l2)}`);
  parts.push(training.batch_size ? text.batchOf(training.batch_size) : text.full);
  return parts.join(", ");
}

/** A setting as it was typed where that is short. */
const short = (value: number) => (String(value).length <= 6 ? String(value) : format(value, 3));

export function Setup() {
  return (
    <div class="setting">
      <ProblemChoice />
      <details class="fold">
        <summary data-do="setup"><b>{text.setup}</b> <span class="short">{inShort()}</span></summary>
        <Choices />
      </details>
    </div>
  );
}

function ProblemChoice() {
  const { problem, title } = about.value!;
  const { problems, own } = choices.value!;
  const known = problems.some((p) => p.name === problem) || !own;
  return (
    <label>
      <span class="hidden">{text.data}</span>
      <select value={problem} title={title} disabled={isLocked("data")} onChange={(e) => configure({ problem: e.currentTarget.value })} data-do="problem">
        {!known && <option value={problem}>{title}</option>}
        {problems.map((p) => <option value={p.name} title={p.title}>{p.name}</option>)}
      </select>
    </label>
  );
}

function Choices() {
  const { hidden, seed, sizes } = about.value!;
  const isPlain = hidden.every((layer) => layer.kind in EDITABLE && (layer.activation === undefined || typeof layer.activation === "string"));
  return (
    <div class="setup card">
      {!isLocked("data") && <OwnTable />}
      <span class="layers-choice" role="group" aria-label={text.layers}>
        {isPlain && !isLocked("network") ? (
          <>
            {hidden.map((layer, k) => <LayerEditor layer={layer} k={k} change={(layers) => configure({ hidden: layers })} />)}
            <button onClick={() => configure({ hidden: [...hidden, { kind: "dense", units: 4, activation: "tanh" }] })} data-do="add-layer">
              + {text.addLayer}
            </button>
            <select class="kinds" value="" aria-label={text.addOther} onChange={(e) => configure({ hidden: [...hidden, OTHERS[e.currentTarget.value]!(hidden)] })}>
              <option value="" disabled>+ …</option>
              {Object.keys(OTHERS).map((name) => <option>{name}</option>)}
            </select>
          </>
        ) : sizes.join(" - ")}
      </span>
      {!isLocked("training") && <Training />}
      {!isLocked("network") && <button onClick={() => configure({ seed: seed + 1 })} data-do="new-weights">{text.newWeights}</button>}
    </div>
  );
}

/** A file of one's own, and the column of it that is learned. */
function OwnTable() {
  const { learnable, learned } = about.value!;
  const learn = async (message: Record<string, unknown>) => {
    playing.value = false;
    if (await ask({ type: "data", ...message })) place.value = 0;
  };
  return (
    <>
      <label class="file">
        {text.ownTable}
        <input type="file" accept=".csv,.tsv,.txt" class="hidden" data-do="file"
          onChange={async (e) => {
            const file = e.currentTarget.files?.[0];
            if (file) await learn({ csv: await file.text() });
          }} />
      </label>
      {learnable.length > 0 && <label>
        {text.learned} <select value={learned} data-do="learned" onChange={(e) => learn({ target: e.currentTarget.value })}>
          {learnable.map((name) => <option>{name}</option>)}
        </select>
      </label>}
    </>
  );
}

/** How it is trained. */
function Training() {
  const { training } = about.value!;
  return (
    <>
      <label>
        {text.optimizer}
        <select value={training.optimizer} data-do="optimizer" onChange={(e) => set({ optimizer: e.currentTarget.value })}>
          {choices.value!.optimizers.map((name) => <option>{name}</option>)}
        </select>
      </label>
      <NumberField label={text.learningRate} value={training.learning_rate} take={(v) => set({ learning_rate: v })} name="rate" />
      <NumberField label={text.l2} value={training.l2} take={(v) => set({ l2: v })} name="l2" />
      <label>
        {text.batchSize}
        <select value={training.batch_size ?? ""} data-do="batch" onChange={(e) => set({ batch_size: Number(e.currentTarget.value) || null })}>
          {batchSizes().map((n) => <option value={n}>{n}</option>)}
          <option value="">{text.full}</option>
        </select>
      </label>
    </>
  );
}

function batchSizes(): number[] {
  const { n_rows, training } = about.value!;
  const sizes = new Set([1, 2, 4, 8, 16, 32, 64].filter((n) => n < n_rows));
  if (training.batch_size) sizes.add(training.batch_size);
  return [...sizes].sort((p, q) => p - q);
}

function LayerEditor(props: { layer: Layer; k: number; change: (layers: Layer[]) => void }) {
  const { layer, k } = props;
  const { hidden } = about.value!;
  const replaced = (change: Partial<Layer>) => hidden.map((l, i) => (i === k ? { ...l, ...change } : l));
  const without = () => props.change(hidden.filter((_, i) => i !== k));
  if (layer.kind !== "dense") {
    return <span class="layer">{layer.kind.replace("_", " ")} <button aria-label={text.removeLayer} onClick={without}>×</button></span>;
  }
  return (
    <span class="layer">
      <input type="number" min="1" max="64" value={layer.units} aria-label={`units of layer ${k + 1}`}
        onChange={(e) => props.change(replaced({ units: Number(e.currentTarget.value) }))} />
      <select value={typeof layer.activation === "string" ? layer.activation : "identity"} aria-label={`activation of layer ${k + 1}`}
        onChange={(e) => props.change(replaced({ activation: e.currentTarget.value }))}>
        {choices.value!.activations.map((name) => <option>{name}</option>)}
      </select>
      <button aria-label={text.removeLayer} onClick={without}>×</button>
    </span>
  );
}

function NumberField(props: { label: string; value: number; take: (v: number) => void; name: string }) {
  return (
    <label>
      {props.label}
      <input type="text" inputMode="decimal" size={6} value={String(props.value)} data-do={props.name}
        onChange={(e) => {
          const value = Number(e.currentTarget.value);
          if (Number.isFinite(value) && e.currentTarget.value.trim()) props.take(value);
          else e.currentTarget.value = String(props.value);
        }} />
    </label>
  );
}
