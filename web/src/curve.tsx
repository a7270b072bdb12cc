// The loss by step; dragging it travels in time. Beside it, how each layer is doing.

import { about, arrays, frame, race, rival } from "./state";
import { isOpen, open } from "./matrix";
import { Compare } from "./compare";
import { seek } from "./run";
import { format } from "./format";
import { text } from "./strings";

const WIDTH = 520;
const HEIGHT = 90;

type Line = { x: ArrayLike<number>; y: ArrayLike<number>; name: string };

/** The losses of one run or two, by step or by the clock. */
function lines(): Line[] {
  const one = { x: arrays.value.curve_step?.data ?? [], y: arrays.value.curve_loss?.data ?? [], name: "" };
  const clock = race.value?.arrays;
  if (clock) return [0, 1].map((k) => ({ x: clock[`ms${k}`]!.data, y: clock[`loss${k}`]!.data, name: k ? "other" : "" }));
  const beside = rival.value?.arrays;
  return beside ? [one, { x: beside.curve_step!.data, y: beside.curve_loss!.data, name: "other" }] : [one];
}

export function Curve() {
  const shown = lines();
  if (!shown[0]!.x.length) return null;
  const isByClock = race.value !== null;
  const ends = shown.map(({ x }) => x[x.length - 1]!);
  const last = isByClock ? Math.max(...ends, 1e-9) : Math.max(ends[0]!, 1);
  const log = (l: number) => Math.log(Math.max(l, 1e-300));
  const logs = shown.map(({ y }) => Array.from(y, log));
  const low = Math.min(...logs.flat());
  const high = Math.max(...logs.flat());
  const x = (at: number) => 6 + ((WIDTH - 12) * Math.min(at, last)) / last;
  const y = (log: number) => HEIGHT - 8 - ((HEIGHT - 16) * (log - low)) / (high - low || 1);
  const now = frame.value!.step;
  const along = (e: KeyboardEvent) => {
    const passed = Array.from(arrays.value.curve_step!.data);
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
    if (isByClock || (e.type === "pointermove" && e.buttons !== 1)) return;
    const box = (e.currentTarget as Element).getBoundingClientRect();
    const part = ((e.clientX - box.left) / box.width) * WIDTH;
    void seek(Math.round((Math.min(Math.max(part - 6, 0), WIDTH - 12) / (WIDTH - 12)) * last));
  };
  return (
    <figure class="curve">
      <figcaption>{isByClock ? text.curveByClock : text.curve}: <b data-ref="loss">{format(frame.value!.loss)}</b> <BeforeJump /> <Compare /></figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} onPointerDown={travel} onPointerMove={travel} onKeyDown={along} tabIndex={0}
        {...(isByClock ? { role: "img" } : { role: "slider", "aria-valuemin": 0, "aria-valuemax": last, "aria-valuenow": now })}
        aria-label={isByClock ? text.curveByClock : text.curve}>
        {[...shown.keys()].reverse().map((k) => (
          <polyline class={shown[k]!.name} points={logs[k]!.map((l, n) => `${x(shown[k]!.x[n]!)},${y(l)}`).join(" ")} />
        ))}
        {!isByClock && <line x1={x(now)} x2={x(now)} y1={0} y2={HEIGHT} />}
      </svg>
      <p class="ends"><span>{isByClock ? "0 ms" : text.step(0)}</span><span>{isByClock ? `${format(last, 3)} ms` : text.step(last)}</span></p>
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
            <th><button class="plain" aria-expanded={isOpen(k + 1)} data-do={`matrix-${k + 1}`} onClick={() => open(k + 1)} title={text.matrixOf(k + 1)}>
              {k + 1} {about.value!.activation[k + 1]} ▦</button></th>
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
