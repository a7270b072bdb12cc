// Everything by keyboard.

import { about, choose, chosen, grain, playing, selected } from "./state";
import { stepBack, stepOn, toStation } from "./run";
import type { Grain, Station } from "./stages";
import { find } from "./host";
import { moveBy, nudged } from "./nudge";
import { text } from "./strings";
import { verify } from "./verify";
import { ways } from "./why";

const GRAINS = Object.keys(text.grains) as Grain[];
const STATIONS: Record<string, Station> = { "1": "forward", "2": "loss", "3": "backward", "4": "update" };

/** Keys that press the button, or go to the field, of that name. */
const NAMED: Record<string, string> = {
  b: "worst",
  c: "compare",
  d: "diagnose",
  h: "heal",
  j: "before-jump",
  k: "problem",
  l: "lab",
  o: "file",
  r: "row",
  s: "share",
  t: "tour",
  u: "rate",
};

let left: HTMLElement | null = null;

/** Enter and Escape lead out of a field, back to the keys of the page, once it took its change in. */
export function onKeyUp(event: KeyboardEvent): void {
  if (left && event.target === left) left.blur();
  left = null;
}

export function onKey(event: KeyboardEvent, help: () => void): void {
  const target = event.target as HTMLElement;
  if (event.key === "Enter" && target.matches("select")) return target.blur(); // it would open its list
  const leaves = event.key === "Escape" || (event.key === "Enter" && !target.closest("form")); // a wrong answer is written anew
  left = leaves && target.matches("input, select") ? target : null;
  if (target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const done = action(event.key, help);
  if (done === undefined) return;
  if (event.key === " " && target.matches("button, [role=button]")) return; // presses that button
  event.preventDefault();
  void done();
}

function action(key: string, help: () => void): (() => unknown) | undefined {
  const station = STATIONS[key];
  if (station) return () => toStation(station);
  const named = NAMED[key] && find(`[data-do="${NAMED[key]}"]`);
  if (named) return () => press(named);
  const actions: Record<string, () => unknown> = {
    " ": () => (playing.value = !playing.value),
    ".": stepOn,
    ",": stepBack,
    v: verify,
    n: () => nudged(),
    p: ways,
    g: () => (grain.value = GRAINS[(GRAINS.indexOf(grain.value) + 1) % GRAINS.length]!),
    e: () => (find("#edit") as HTMLInputElement | null)?.select(),
    "+": () => moveBy(1),
    "-": () => moveBy(-1),
    Escape: () => (chosen.value = false),
    "?": help,
    ArrowUp: () => move(0, -1, 0),
    ArrowDown: () => move(0, 1, 0),
    ArrowLeft: () => move(-1, 0, 0),
    ArrowRight: () => move(1, 0, 0),
    "[": () => move(0, 0, -1),
    "]": () => move(0, 0, 1),
  };
  return actions[key];
}

function press(named: HTMLElement): void {
  const fold = named.closest("details");
  if (fold) fold.open = true;
  if (named.matches("input:not([type=file]), select")) {
    named.focus();
    if (named instanceof HTMLInputElement) named.select();
  } else named.click();
}

/** Another layer, unit or incoming weight than the selected one. */
function move(layers: number, units: number, sources: number): void {
  const { sizes } = about.value!;
  const match = /^([A-Za-z]+)(\d+)\[(\d+)(?:,(\d+))?\]$/.exec(selected.value);
  let [kind, layer, unit, source] = match ? [match[1]!, Number(match[2]), Number(match[3]), Number(match[4] ?? -1)] : ["W", 1, 0, 0];
  const within = (value: number, size: number) => (value + size) % size;
  layer = Math.min(Math.max(layer + layers, 1), sizes.length - 1);
  unit = within(Math.min(unit, sizes[layer]! - 1) + units, sizes[layer]!);
  if (sources && source < 0) [kind, source] = ["W", sources > 0 ? -1 : 0];
  if (kind === "W") source = within(Math.min(source, sizes[layer - 1]! - 1) + sources, sizes[layer - 1]!);
  void choose(kind === "W" ? `W${layer}[${unit},${source}]` : `${kind}${layer}[${unit}]`);
}
