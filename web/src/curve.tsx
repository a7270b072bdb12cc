// The loss by step; dragging it travels in time. Beside it, how each layer is doing.

import { about, arrays, frame, rival } from "./state";
import { Compare } from "./compare";
import { seek } from "./run";
import { format } from "./format";
import { text } from "./strings";

const WIDTH = 520;
const HEIGHT = 90;

export function Curve() {
  const steps = arrays.value.curve_step?.data;
  const losses = arrays.value.curve_loss?.data;
  if (!steps || !losses || steps.length === 0) return null;
  const last = Math.max(steps.at(-1)!, 1);
  const log = (l: number) => Math.log(Math.max(l, 1e-300));
  const logs = Array.from(losses, log);
  const beside = rival.value?.arrays;
  const others = beside ? Array.from(beside.curve_loss!.data, log) : [];
  const low = Math.min(...logs, ...others);
  const high = Math.max(...logs, ...others);
  const x = (step: number) => 6 + ((WIDTH - 12) * step) / last;
  const y = (log: number) => HEIGHT - 8 - ((HEIGHT - 16) * (log - low)) / (high - low || 1);
  const points = logs.map((log, k) => `${x(steps[k]!)},${y(log)}`).join(" ");
  const second = others.map((l, k) => `${x(Math.min(beside!.curve_step!.data[k]!, last))},${y(l)}`).join(" ");
  const now = frame.value!.step;
  const along = (e: KeyboardEvent) => {
    const passed = Array.from(steps);
    const to: Record<string, number | undefined> = {
      ArrowLeft: passed.findLast((step) => step < now),
      ArrowRight: passed.find((step) => step > now),
      Home: passed[0],
      End: passed.at(-1),
    };
    const step = to[e.key];
    if (!(e.key in to)) return;
    e.preventDefault();
    e.stopPropagation();
    if (step !== undefined) void seek(step);
  };
  const travel = (e: PointerEvent) => {
    if (e.type === "pointermove" && e.buttons !== 1) return;
    const box = (e.currentTarget as Element).getBoundingClientRect();
    const part = ((e.clientX - box.left) / box.width) * WIDTH;
    void seek(Math.round((Math.min(Math.max(part - 6, 0), WIDTH - 12) / (WIDTH - 12)) * last));
  };
  return (
    <figure class="curve">
      <figcaption>{text.curve}: <b data-ref="loss">{format(frame.value!.loss)}</b> <BeforeJump /> <Compare /></figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} onPointerDown={travel} onPointerMove={travel} onKeyDown={along} role="slider" tabIndex={0}
        aria-label={text.curve} aria-valuemin={0} aria-valuemax={last} aria-valuenow={now}>
        {second && <polyline class="other" points={second} />}
        <polyline points={points} />
        <line x1={x(Math.min(now, last))} x2={x(Math.min(now, last))} y1={0} y2={HEIGHT} />
      </svg>
    </figure>
  );
}

/** Back to the step from which the loss rose most. */
function BeforeJump() {
  const step = frame.value!.before_jump;
  return step === null ? null : <button onClick={() => seek(step)} data-do="before-jump">{text.beforeJump(step)}</button>;
}

export function Layers() {
  const rows = frame.value!.layers;
  return (
    <table class="layers">
      <thead><tr><th>{text.layers}</th><th>‖∂L/∂W‖</th><th>‖ΔW‖/‖W‖</th><th>flat</th><th>dead</th></tr></thead>
      <tbody>
        {rows.map((row, k) => (
          <tr>
            <th>{k + 1} {about.value!.activation[k + 1]}</th>
            <td data-ref={`layers/${k}/gradient`}>{format(row.gradient)}</td>
            <td data-ref={`layers/${k}/update`}>{format(row.update)}</td>
            <td data-ref={`layers/${k}/flat`}>{row.flat === null ? "—" : `${Math.round(100 * row.flat)} %`}</td>
            <td data-ref={`layers/${k}/dead`}>{row.dead === null ? "—" : `${Math.round(100 * row.dead)} %`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
