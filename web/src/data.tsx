// The table, a row at a time, and what the network answers over two of its columns.

import { useEffect, useRef } from "preact/hooks";
import { about, arrays, ask, boundary, frame, table } from "./state";
import { Row } from "./row";
import { format, full } from "./format";
import { home } from "./host";
import { text } from "./strings";

const MAX_ROWS = 100;
const SIZE = 220;

export function Data() {
  const { columns, outputs, n_rows } = about.value!;
  const rows = Math.min(table.value.X?.shape[0] ?? 0, MAX_ROWS);
  const width = columns.length;
  const wide = width > 6;
  const shown = wide ? 6 : width;
  const targets = table.value.y?.shape[1] ?? 1;
  const row = frame.value!.row;
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
            {Array.from({ length: rows }, (_, r) => (
              <tr class={r === row ? "chosen" : ""} data-row={r} aria-current={r === row ? "true" : undefined}
                onClick={() => ask({ type: "show", row: r })}>
                <th><button class="plain" onClick={() => ask({ type: "show", row: r })}>{r}</button></th>
                {columns.slice(0, shown).map((_, c) => <Cell row={r} column={c} value={table.value.X!.data[r * width + c]!} />)}
                {wide && <td>…</td>}
                <td>{target(r, targets, outputs)}</td>
                <td data-ref={`output[${r}]`}>{answer(r)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {n_rows > rows && <p>{text.more(n_rows - rows)}</p>}
      </div>
    </>
  );
}

function Cell(props: { row: number; column: number; value: number }) {
  const { row, column, value } = props;
  return (
    <td>
      <input class="cell" value={short(value)} data-ref={`x[${row},${column}]`} aria-label={`row ${row}, column ${column}`} size={5}
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

function Boundary() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { x, y, columns, pixels } = boundary.value!;
  useEffect(() => {
    const to = canvas.current?.getContext("2d");
    if (!to) return;
    const size = Math.round(Math.sqrt(pixels.length));
    const image = to.createImageData(size, size);
    const style = getComputedStyle(home.root);
    const [low, high] = ["--map-low", "--map-high"].map((name) => style.getPropertyValue(name).split(",").map(Number));
    pixels.forEach((value, k) => {
      for (let c = 0; c < 3; c++) image.data[4 * k + c] = low![c]! + ((high![c]! - low![c]!) * value) / 255;
      image.data[4 * k + 3] = 255;
    });
    to.putImageData(image, 0, 0);
  });
  const width = about.value!.columns.length;
  const count = Math.min(table.value.X?.shape[0] ?? 0, 512);
  const put = (value: number, range: number[]) => (SIZE * (value - range[0]!)) / (range[1]! - range[0]!);
  return (
    <figure class="map">
      <canvas ref={canvas} width={64} height={64} aria-label={`${about.value!.columns[columns[0]!]} and ${about.value!.columns[columns[1]!]}`} />
      <svg viewBox={`0 0 ${SIZE} ${SIZE}`} aria-hidden="true">
        {Array.from({ length: count }, (_, r) => {
          const px = put(table.value.X!.data[r * width + columns[0]!]!, x);
          const py = SIZE - put(table.value.X!.data[r * width + columns[1]!]!, y);
          const on = (table.value.y!.data[r * (table.value.y!.shape[1] ?? 1)] ?? 0) > 0.5;
          return <circle cx={px} cy={py} r={count > 20 ? 3 : 6} class={`${on ? "high" : "low"}${r === frame.value!.row ? " chosen" : ""}`} />;
        })}
      </svg>
      <figcaption>{about.value!.columns[columns[0]!]} → , {about.value!.columns[columns[1]!]} ↑</figcaption>
    </figure>
  );
}
