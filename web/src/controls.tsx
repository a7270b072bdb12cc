import { current, frame, grain, place, playing, speed } from "./state";
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
