// One row of the table: chosen by its number, or the one that is answered worst.

import { about, ask, frame } from "./state";
import { format } from "./format";
import { text } from "./strings";

export const worst = () => ask({ type: "show", worst: 1 });

export function Row() {
  const { row, row_loss, in_batch } = frame.value!;
  const last = about.value!.n_rows - 1;
  return (
    <>
      <div class="tools">
        <label>
          {text.row}{" "}
          <input type="number" min={0} max={last} size={6} value={row} data-do="row"
            onChange={(e) => pick(Number(e.currentTarget.value))} />
        </label>
        <button onClick={worst} data-do="worst">{text.worst}</button>
        <span class="moved">{text.lossOfRow} <b data-ref="row_loss">{format(row_loss)}</b></span>
      </div>
      {!in_batch && <p class="note" role="status">{text.notInBatch(row)}</p>}
    </>
  );
}

export const pick = (row: number) => ask({ type: "show", row });
