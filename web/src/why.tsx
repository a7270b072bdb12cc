// Why a number is what it is: its formula with the numbers in, as the engine's explanation says.

import { useLayoutEffect, useRef } from "preact/hooks";
import { ask, current, frame, isOpen, lit, notice, nudge, select, selected, shown, type Leading } from "./state";
import { Nudge, nudged } from "./nudge";
import type { ComponentChildren } from "preact";
import { Bar, Html, Pieces } from "./pieces";
import { Factors } from "./factors";
import { Verification, verify } from "./verify";
import { fading, isAsking, Practice, practise } from "./practice";
import { isLocked } from "./task";
import { scene } from "./scene";
import { format } from "./format";
import { text } from "./strings";

export function Why() {
  const content = useRef<HTMLDivElement>(null);
  const html = shown.value?.html ?? "";
  const leading = isOpen.value ? null : shown.value?.leading;
  const isFolded = Boolean(leading);
  useLayoutEffect(() => {
    if (content.current) content.current.innerHTML = html; // made by the engine, names escaped there
  }, [html, isFolded]);
  if (!selected.value) return <>{nudge.value && <Nudge />}<p>{scene.value === null ? text.pickSomething : text.answerFirst}</p></>;
  const asking = isAsking();
  const isParameter = /^(W|b)\d+\[/.test(selected.value);
  return (
    <>
      <div class="asked">
        <b>{selected.value}</b>
        <button onClick={verify} data-do="verify">{text.verify}</button>
        {isParameter && <button onClick={() => nudged()} data-do="nudge">{text.nudge}</button>}
        {isParameter && <button onClick={ways} aria-pressed={lit.value !== null} data-do="path">{text.path}</button>}
        <button onClick={practise} aria-pressed={fading.value !== null} data-do="practise">{text.practise}</button>
        {isParameter && <Edit />}
      </div>
      <Practice />
      <Pieces />
      {!asking && <Factors />}
      <Verification />
      {nudge.value && <Nudge />}
      {lit.value && <Ways />}
      {leading && !asking && <Leading of={leading} />}
      {asking && <p class="note">{text.asking}</p>}
      <Fold isFolded={isFolded}><div ref={content} class="formula" tabIndex={0} role="region" aria-label={text.why} hidden={asking || (isOpen.value && current.value!.target === selected.value)} onClick={follow} /></Fold>
    </>
  );
}

/** The three terms of a long sum that matter most, before the whole explanation. */
function Leading(props: { of: Leading }) {
  const { of, carried, n_terms, pieces, sum, factor, value } = props.of;
  return (
    <div class="pieces chainrule-explanation" onClick={follow} data-leading={of} tabIndex={0} role="region" aria-label={of}>
      <p>{text.threeOf(n_terms, of, Math.round(100 * carried))}</p>
      <table>
        {pieces.map((one) => <tr><td><Html of={one.html} /></td><td><Bar value={one.value} largest={Math.max(...pieces.map((p) => Math.abs(p.value)))} /></td></tr>)}
      </table>
      <p>{text.sumOf(format(sum))}{factor !== null && text.timesSlope(format(factor), format(value))}</p>
    </div>
  );
}

/** Folds what comes behind something shorter. */
function Fold(props: { isFolded: boolean; children: ComponentChildren }) {
  if (!props.isFolded) return <>{props.children}</>;
  return <details class="whole"><summary>{text.wholeExplanation}</summary>{props.children}</details>;
}

/** A number in the formula leads to where it came from. */
function follow(event: MouseEvent): void {
  const place = (event.target as Element).closest("[data-ref]")?.getAttribute("data-ref");
  const row = /^row\/(\d+)$/.exec(place ?? "");
  const quantity = place && quantityOf(place);
  if (row) void ask({ type: "show", row: frame.value!.rows[Number(row[1])] });
  else if (quantity) void select(quantity);
}

/** "delta/1/2@17" is delta1[2], "w/1/0/3" is W1[0,3]. */
export function quantityOf(place: string): string | null {
  const [kind, layer, unit, source] = place.split("@")[0]!.split("/");
  const names: Record<string, string> = { w: "W", b: "b", z: "z", a: "a", delta: "delta", slope: "z" };
  const name = names[kind ?? ""];
  if (!name || layer === undefined || unit === undefined) return kind === "loss" ? "loss" : null;
  return source === undefined ? `${name}${layer}[${unit}]` : `${name}${layer}[${unit},${source}]`;
}

export function ways(): void {
  lit.value = lit.value ? null : (shown.value?.paths ?? []);
}

function Edit() {
  const value = shown.value?.at;
  if (value === null || value === undefined || isLocked("weights")) return null;
  return (
    <label>
      {text.edit} <input id="edit" data-ref={`all digits of ${selected.value}`} size={8} value={String(value)} key={selected.value + value}
        onChange={(e) => {
          const entered = Number(e.currentTarget.value);
          if (e.currentTarget.value.trim() && Number.isFinite(entered)) {
            void ask({ type: "edit", change: { kind: "parameter", quantity: selected.value, value: entered } });
          } else notice.value = `${e.currentTarget.value} is no number.`;
        }} />
    </label>
  );
}

function Ways() {
  const found = lit.value!;
  if (!found.length) return null;
  const largest = Math.max(...found.map((way) => Math.abs(way.value)));
  return (
    <table class="ways">
      {found.map((way) => (
        <tr>
          <th>{way.units.slice(1).join(" → ") || "·"}</th>
          <td data-ref={`path/${way.units.join("/")}`}>{format(way.value)}</td>
          <td><meter min={0} max={largest} value={Math.abs(way.value)} /></td>
        </tr>
      ))}
    </table>
  );
}
