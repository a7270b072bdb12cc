// The loss with one weight at other values: real forward passes, and the line that the gradient draws.

import { ask, nudge, selected } from "./state";
import { format } from "./format";
import { text } from "./strings";

const POINTS = 41;

/** The true curve of the loss over one weight, and its tangent: the gradient is its slope. */
export async function nudged(quantity = selected.value): Promise<void> {
  const at = (await ask({ type: "explain", quantity }))?.header.at;
  if (typeof at !== "number") return;
  const reach = Math.max(1, Math.abs(at));
  const values = Array.from({ length: POINTS }, (_, k) => at + reach * (k / (POINTS - 1) - 0.5) * 2);
  const answer = await ask({ type: "peek", quantity, values });
  if (!answer) return;
  const read = (name: string) => Array.from(answer.arrays[name]!.data);
  nudge.value = { quantity, at, loss: answer.header.loss, values, losses: read("losses"), tangent: read("tangent"), moved: null };
}

/** What the loss would be with the weight `steps` tenths further on; the run stays as it is. */
export async function moveBy(steps: number): Promise<void> {
  if (!nudge.value) await nudged();
  if (!nudge.value) return;
  const { quantity, at, moved } = nudge.value;
  const count = (moved?.count ?? 0) + steps;
  const value = at + count / 10;
  const answer = await ask({ type: "peek", quantity, values: [value] });
  if (!answer || !nudge.value) return;
  const first = (name: string) => answer.arrays[name]!.data[0]!;
  nudge.value = { ...nudge.value, moved: { count, value, loss: first("losses"), change: first("changes"), foretold: first("foretold") } };
}

export function Nudge() {
  const { quantity, at, loss, values, losses, tangent, moved } = nudge.value!;
  const low = Math.min(...losses, moved?.loss ?? loss);
  const high = Math.max(...losses, moved?.loss ?? loss);
  const [first, last] = [Math.min(values[0]!, moved?.value ?? at), Math.max(values.at(-1)!, moved?.value ?? at)];
  const x = (w: number) => 10 + (280 * (w - first)) / (last - first);
  const y = (l: number) => 110 - (100 * (l - low)) / (high - low || 1);
  const line = (points: number[]) => points.map((l, k) => `${x(values[k]!)},${y(l)}`).join(" ");
  const ref = `${quantity}=${moved?.value}`;
  return (
    <figure class="nudge">
      <svg viewBox="0 0 300 120" role="img" aria-label={text.lossOver(quantity)}>
        <polyline class="true" points={line(losses)} />
        <polyline class="tangent" points={line(tangent)} />
        <circle cx={x(at)} cy={y(loss)} r={4} />
        {moved && <circle class="moved" cx={x(moved.value)} cy={y(moved.loss)} r={4} />}
      </svg>
      <figcaption>{text.reach(quantity, format(values[0]), format(values.at(-1)), format(low), format(high))}</figcaption>
      <div class="tools">
        <button onClick={() => moveBy(-1)} data-do="less">{text.less}</button>
        <button onClick={() => moveBy(1)} data-do="larger">{text.larger}</button>
        <span role="status" class="moved">
          {moved && (
            <>
              {text.movedTo(quantity, format(moved.value))} <b data-ref={`loss ${ref}`}>{format(moved.loss)}</b>,{" "}
              {text.changed} <b data-ref={`change ${ref}`}>{format(moved.change)}</b>; {text.slopeSays}{" "}
              <span data-ref={`foretold ${ref}`}>{format(moved.foretold)}</span>
            </>
          )}
        </span>
      </div>
    </figure>
  );
}
