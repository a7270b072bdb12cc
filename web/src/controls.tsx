import { about, ask, choices, current, frame, grain, place, playing, speed, type Layer } from "./state";
import { stepBack, stepOn, toStart, toStation } from "./run";
import type { Station } from "./stages";
import { text } from "./strings";

const STATIONS = Object.keys(text.stations) as Station[];

export function Controls() {
  const { step, epoch, batch, n_batches } = frame.value!;
  return (
    <div class="controls" role="toolbar" aria-label={text.stepBy}>
      <button onClick={toStart} disabled={step === 0 && place.value === 0}>|◀<span class="hidden">{text.toStart}</span></button>
      <button onClick={stepBack} disabled={step === 0 && place.value === 0} data-do="back">◀ {text.stepBack}</button>
      <button class="main" onClick={stepOn} data-do="step">{text.stepOn} ▶</button>
      <button onClick={() => (playing.value = !playing.value)} aria-pressed={playing.value} data-do="play">
        {playing.value ? text.pause : text.play}
      </button>
      <Choice label={text.stepBy} value={grain} names={text.grains} />
      <Choice label={text.speed} value={speed} names={text.speeds} />
      <span class="where" data-ref="step">
        {text.step(step)}
        <small>{text.epoch(epoch)}{n_batches > 1 ? `, ${text.ofBatch(batch, n_batches)}` : ""}</small>
      </span>
    </div>
  );
}

function Choice(props: { label: string; value: { value: any }; names: Record<string, string> }) {
  return (
    <label class="choice">
      {props.label}
      <select value={props.value.value} onChange={(e) => (props.value.value = e.currentTarget.value)}>
        {Object.entries(props.names).map(([key, name]) => <option value={key}>{name}</option>)}
      </select>
    </label>
  );
}

/** The loop of training, the present station lit. */
export function Loop() {
  const at = current.value?.station;
  return (
    <nav class="loop" aria-label="training loop">
      {STATIONS.map((station, k) => (
        <>
          {k > 0 && <span aria-hidden="true">→</span>}
          <button class={`station ${station}`} aria-current={at === station ? "step" : undefined} onClick={() => toStation(station)}>
            <b>{k + 1}</b> {text.stations[station]}
          </button>
        </>
      ))}
      <span class="again">↺ {text.again}</span>
    </nav>
  );
}

const EDITABLE = { dense: true, layer_norm: true, residual: true };

/** Layers beside the dense ones, made to fit behind the last of `hidden`. */
const OTHERS: Record<string, (hidden: Layer[]) => any> = {
  "layer norm": () => ({ kind: "layer_norm" }),
  residual: (hidden) => {
    const units = hidden.findLast((layer) => layer.units)?.units ?? about.value!.sizes[0];
    return { kind: "residual", layers: [{ kind: "dense", units, activation: "tanh" }] };
  },
};

/** What is trained on, the layers, and how. */
export function Setup() {
  const { problem, hidden, training, seed, sizes } = about.value!;
  const isPlain = hidden.every((layer) => layer.kind in EDITABLE && (layer.activation === undefined || typeof layer.activation === "string"));
  const { problems, optimizers, own } = choices.value!;
  const configure = (change: Record<string, unknown>) => {
    playing.value = false;
    place.value = 0;
    return ask({ type: "configure", ...change });
  };
  const set = (settings: Record<string, unknown>) => ask({ type: "edit", change: { kind: "training", settings } });
  const known = problems.some((p) => p.name === problem) || !own;
  return (
    <div class="setup">
      <label>
        {text.data}
        <select value={problem} onChange={(e) => configure({ problem: e.currentTarget.value })} data-do="problem">
          {!known && <option value={problem}>{about.value!.title}</option>}
          {problems.map((p) => <option value={p.name} title={p.title}>{p.name}</option>)}
        </select>
      </label>
      <label class="file">
        {text.ownTable}
        <input type="file" accept=".csv,.tsv,.txt" class="hidden" data-do="file"
          onChange={async (e) => {
            const file = e.currentTarget.files?.[0];
            playing.value = false;
            if (file && (await ask({ type: "data", csv: await file.text() }))) place.value = 0;
          }} />
      </label>
      {isPlain ? (
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
      ) : <span>{sizes.join(" - ")}</span>}
      <label>
        {text.optimizer}
        <select value={training.optimizer} onChange={(e) => set({ optimizer: e.currentTarget.value })}>
          {optimizers.map((name) => <option>{name}</option>)}
        </select>
      </label>
      <NumberField label={text.learningRate} value={training.learning_rate} take={(v) => set({ learning_rate: v })} name="rate" />
      <NumberField label={text.l2} value={training.l2} take={(v) => set({ l2: v })} name="l2" />
      <label>
        {text.batchSize}
        <select value={training.batch_size ?? ""} onChange={(e) => set({ batch_size: Number(e.currentTarget.value) || null })}>
          {batchSizes().map((n) => <option value={n}>{n}</option>)}
          <option value="">{text.full}</option>
        </select>
      </label>
      <button onClick={() => configure({ seed: seed + 1 })} data-do="new-weights">{text.newWeights}</button>
    </div>
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
