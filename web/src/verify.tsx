// Verify: the weight is moved a little to both sides, and the loss moves with it; their quotient stands beside the
// number of the chain rule. Nothing is judged here: the verdict is the engine's.

import { ask, selected, verdict, type Verdict } from "./state";
import { format } from "./format";
import { text } from "./strings";

export async function verify(): Promise<void> {
  const answer = await ask({ type: "verify", quantity: selected.value });
  if (answer) verdict.value = answer.header as unknown as Verdict;
}

const SIGNS: Record<string, string> = { ok: "✓", kink: "∧", wrong: "✗" };
const WIDTH = 300;

export function Verification() {
  const found = verdict.value;
  if (!found) return null;
  const { analytic, method, numeric, outcome, line, is_too_small } = found;
  const kind = is_too_small ? "grey" : found.verdict;
  return (
    <div class={`verdict ${kind.replace(" ", "-")}`} role="status" data-verdict={kind}>
      <p><b>{SIGNS[kind] ?? "○"}</b> {text.verdict(format(analytic, 6), text.methods[method] ?? method, format(numeric, 6), outcome)}</p>
      {line && <NumberLines line={line} isTooSmall={is_too_small} />}
    </div>
  );
}

/** The places of the weight and of the loss, each line as large as its own movement. */
function NumberLines(props: { line: NonNullable<Verdict["line"]>; isTooSmall: boolean }) {
  const { at, h, loss, below, above } = props.line;
  const reach = Math.max(Math.abs(below), Math.abs(above));
  const place = (change: number) => WIDTH / 2 + (reach && !props.isTooSmall ? (change / reach) * 110 : 0);
  const ways = { "--from": `${place(below) - WIDTH / 2}px`, "--to": `${place(above) - WIDTH / 2}px` };
  const tick = (x: number, y: number, label: string, ref: string) => (
    <g>
      <line x1={x} x2={x} y1={y - 5} y2={y + 5} />
      <text x={x} y={y - 9} data-ref={ref}>{label}</text>
    </g>
  );
  const signed = (change: number) => (change > 0 ? "+" : "") + format(change, 3);
  return (
    <figure class="lines">
      <svg viewBox={`0 0 ${WIDTH} 96`} role="img" aria-label={text.lines(format(h, 3), signed(below), signed(above))}>
        <text class="symbol" x={8} y={28}>{selected.value[0] === "b" ? "b" : "w"}</text>
        <line x1={24} x2={WIDTH - 10} y1={24} y2={24} />
        {tick(40, 24, "−h", "")}{tick(WIDTH / 2, 24, format(at), "")}{tick(WIDTH - 40, 24, "+h", "")}
        <g class="mover" style={{ "--from": "-110px", "--to": "110px" }}><circle cx={WIDTH / 2} cy={24} r={5} /></g>
        <text class="symbol" x={8} y={74}>L</text>
        <line x1={24} x2={WIDTH - 10} y1={70} y2={70} />
        {tick(WIDTH / 2, 70, format(loss), "")}
        {reach > 0 && !props.isTooSmall && <>{tick(place(below), 70, "", "")}{tick(place(above), 70, "", "")}</>}
        <g class="mover" style={ways}><circle cx={WIDTH / 2} cy={70} r={5} /></g>
        <text class="ends" x={WIDTH / 2} y={93}>
          {props.isTooSmall ? text.tooSmall : text.moved(format(h, 3), signed(below), signed(above))}
        </text>
      </svg>
    </figure>
  );
}
