// The number that is being computed, piece by piece: each product, and what there is with it.

import { about, current, cutUp, piece, selected } from "./state";
import { format } from "./format";
import { text } from "./strings";

const SIGNS = { add: "+", times: "×", is: "=" };

export function Pieces() {
  const op = current.value;
  if (!op || !piece.value || op.target !== selected.value) return null;
  const { quantity, left, pieces, value, all_rows } = cutUp.value!;
  const shown = pieces.slice(0, op.piece + 1);
  const isWhole = op.isLast && pieces.length > 1;
  return (
    <div class="pieces chainrule-explanation" data-pieces={quantity} tabIndex={0} role="region" aria-label={quantity}>
      <table>
        <thead><tr><th>{text.piece}</th><th><Html of={left} /></th><th>{pieces.length > 1 ? text.soFar : ""}</th></tr></thead>
        <tbody>
          {shown.map((one, k) => (
            <tr class={k === op.piece ? "now" : ""}>
              <th>{k === 0 && one.joins === "add" ? "" : SIGNS[one.joins]}</th>
              <td><Html of={one.html} /></td>
              <td class="value" data-ref={k === pieces.length - 1 ? quantityRef(quantity) : `${quantity}:${k}`}>{pieces.length > 1 && format(one.total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        {op.isLast ? (isWhole ? text.isComplete(quantity, format(value)) : "") : text.toCome(pieces.length - shown.length)}
        {all_rows !== undefined && about.value!.n_rows > 1 && <> {text.allRows} <b data-ref={`dL_d${quantity}`}>{format(all_rows)}</b></>}
      </p>
    </div>
  );
}

/** The derivative of the row's loss by a parameter is no parameter. */
const quantityRef = (quantity: string) => (/^[Wb]/.test(quantity) ? `dl_d${quantity}` : quantity);

export function Html(props: { of: string }) {
  return <span dangerouslySetInnerHTML={{ __html: props.of }} />; // made by the engine, names escaped there
}

/** To the right of the middle where it adds, to the left where it takes away. */
export function Bar(props: { value: number; largest: number }) {
  const length = props.largest ? (50 * Math.abs(props.value)) / props.largest : 0;
  return (
    <svg class="bar" viewBox="-50 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class={props.value < 0 ? "less" : "more"} x={props.value < 0 ? -length : 0} y="1" width={length} height="8" />
    </svg>
  );
}
