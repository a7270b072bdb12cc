// The table, a row at a time, and what the network answers over two of its columns.

import { about, arrays, ask, boundary, frame, table } from "./state";
import { Boundary } from "./map";
import { pick, Row } from "./row";
import { isLocked } from "./task";
import { format, full } from "./format";
import { text } from "./strings";

const MAX_ROWS = 100;

export function Data() {
  const { columns, outputs, n_rows } = about.value!;
  const sent = table.value.X?.shape[0] ?? 0;
  const row = frame.value!.row;
  const first = row < sent ? MAX_ROWS * Math.floor(row / MAX_ROWS) : 0; // the page of the table that has the row
  const rows = Math.min(sent - first, MAX_ROWS);
  const width = columns.length;
  const wide = width > 6;
  const shown = wide ? 6 : width;
  const targets = table.value.y?.shape[1] ?? 1;
  return (
    <>
      {about.value!.notes.map((note) => <p class="note">{note}</p>)}
      {boundary.value && <Boundary />}
      <Row />
      <div class="table" tabIndex={0} role="region" aria-label={text.data}>
        <table>
          <thead>
            <tr>
              <th>{text.row}</th>
              {columns.slice(0, shown).map((name) => <th>{name}</th>)}
              {wide && <th>{text.more(width - shown)}</th>}
              <th>{text.target}</th>
              <th>{text.answer}</th>
            </tr>
          </thead>
          <tbody>
            {row >= first + rows && <Pinned />}
            {Array.from({ length: rows }, (_, k) => first + k).map((r) => (
              <tr class={r === row ? "chosen" : ""} data-row={r} aria-current={r === row ? "true" : undefined} onClick={() => pick(r)}>
                <th><button class="plain" onClick={() => pick(r)}>{r}</button></th>
                {columns.slice(0, shown).map((_, c) => <Cell row={r} column={c} value={table.value.X!.data[r * width + c]!} />)}
                {wide && <td>…</td>}
                <td>{target(r, targets, outputs)}</td>
                <td data-ref={`output[${r}]`}>{answer(r)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {n_rows > rows && <p>{text.rowsShown(first, first + rows - 1, n_rows)}</p>}
      </div>
    </>
  );
}

/** A chosen row beyond those that were sent: its numbers come with the frame. */
function Pinned() {
  const { row } = frame.value!;
  const { columns, sizes } = about.value!;
  const read = (name: string) => Array.from(arrays.value[name]?.data ?? []);
  return (
    <tr class="chosen" data-row={row} aria-current="true">
      <th>{row}</th>
      {read("x").slice(0, 6).map((v) => <td>{short(v)}</td>)}
      {columns.length > 6 && <td>…</td>}
      <td>{read("target").map(short).join(" ")}</td>
      <td>{read(`a${sizes.length - 1}`).map((v) => format(v)).join(" ")}</td>
    </tr>
  );
}

function Cell(props: { row: number; column: number; value: number }) {
  const { row, column, value } = props;
  return (
    <td>
      <input class="cell" readOnly={isLocked("data")} value={short(value)} data-ref={`x[${row},${column}]`} aria-label={`row ${row}, column ${column}`} size={5}
        onClick={(e) => e.stopPropagation()}
        onChange={(e) => {
          const entered = Number(e.currentTarget.value);
          if (e.currentTarget.value.trim() && Number.isFinite(entered)) {
            void ask({ type: "edit", change: { kind: "cell", row, column, value: entered } });
          } else e.currentTarget.value = short(value);
        }} />
    </td>
  );
}

/** A cell as it was given where that is short. */
function short(value: number): string {
  const all = full(value);
  return all.length <= 7 ? all : format(value);
}

function target(row: number, width: number, outputs: string[]): string {
  const { is_class } = about.value!;
  const values = table.value.y!.data;
  if (is_class) return outputs[values[row]!] ?? String(values[row]);
  return Array.from({ length: width }, (_, k) => short(values[row * width + k]!)).join(" ");
}

function answer(row: number): string {
  const outputs = arrays.value.outputs;
  if (!outputs) return "—";
  const width = outputs.shape[1]!;
  const { is_class } = about.value!;
  const numbers = Array.from(outputs.data.subarray(row * width, (row + 1) * width));
  if (!is_class) return numbers.map((v) => format(v)).join(" ");
  const best = numbers.indexOf(Math.max(...numbers));
  return `${about.value!.outputs[best] ?? best} ${format(numbers[best])}`;
}
