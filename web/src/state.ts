// What the page knows of the run. Numbers arrive from the engine and are only shown.

import { batch, computed, signal } from "@preact/signals";
import type { Answer, Arrays } from "./wire";
import { home } from "./host";
import { Refused, type Host } from "./wire";
import { completed, stages, type Grain, type Op } from "./stages";

export type Layer = { kind: string; units?: number; activation?: string };
export type About = {
  problem: string;
  title: string;
  quantity: string;
  n_rows: number;
  columns: string[];
  learnable: string[]; // columns of an own table, and which of them is learned
  learned: string;
  inputs: string[];
  outputs: string[];
  sizes: number[];
  activation: string[];
  hidden: Layer[];
  notes: string[];
  loss_name: string;
  training: Record<string, any>;
  seed: number;
  is_class: boolean;
  task: Task;
};
/** What a teacher sets: a question, the number that answers it, which steps are given, what is locked. */
export type Task = { question: string; of: string; fading: "given" | "last" | "all"; locked: string[] };
export type Frame = {
  step: number;
  epoch: number;
  batch: number;
  n_batches: number;
  rows: number[];
  units: number[][]; // of each layer, those that are drawn
  pieces: number[][]; // of each layer from 1 on, how many make z and δ of a unit
  row: number;
  in_batch: boolean;
  before_jump: number | null;
  row_loss: number;
  loss: number;
  batch_loss: number;
  penalty: number;
  predicted_change: number;
  real_change: number;
  learning_rate: number;
  changed: boolean;
  layers: { gradient: number; update: number | null; flat: number | null; dead: number | null }[];
};
export type Choices = {
  problems: { name: string; title: string }[];
  troubles: { code: string; title: string }[];
  activations: string[];
  optimizers: string[];
  own: boolean;
};
export type Shown = { quantity: string; at: number | null; what: string; value: number; html: string; paths: Way[]; n_paths: number; leading: Leading | null; factors: Factor[] };
/** A factor of a row's derivative, and the units that it is made of, as "layer/unit". */
export type Factor = { name: "a" | "slope" | "back" | "error" | "delta"; value: number; units: string[] };
export type Verdict = {
  quantity: string; method: string; analytic: number; numeric: number; verdict: string; outcome: string; is_too_small: boolean;
  line: { at: number; h: number; loss: number; below: number; above: number } | null;
};
/** The three terms that matter most in a long sum, and the others together as the last piece. */
export type Leading = CutUp & { of: string; carried: number; n_terms: number; sum: number; factor: number | null };
/** A product, a bias or a slope of the number that is being computed, and what there is with it. */
export type Piece = { joins: "add" | "times" | "is"; html: string; value: number; total: number; link: number[] | null; count: number };
export type CutUp = { quantity: string; left: string; value: number; pieces: Piece[]; all_rows?: number };
export type Way = { units: number[]; value: number };
/** The loss with a weight at another value, its change, and the change that the slope foretold. */
export type Moved = { count: number; value: number; loss: number; change: number; foretold: number };
/** What the network answers over a plane: classes with their confidence, or one output from `low` to `high`. */
export type BoundaryMap = {
  columns: number[] | null; // null for principal components
  kept?: number[];
  x: number[];
  y: number[];
  n_classes?: number;
  low?: number;
  high?: number;
  output?: number;
  arrays: Arrays;
};

/** A second run beside this one, in which one setting differs. */
export type Rival = { label: string; lane: number; arrays: Arrays; loss: number; step: number; since: number };
/** Both runs by the clock, from the step on from which they differ. */
export type Race = { step: number; arrays: Arrays };

const NEW_RUNS = ["configure", "data", "trouble", "open"]; // messages after which other runs are gone

export const rival = signal<Rival | null>(null);
export const race = signal<Race | null>(null);
/** The first number of the step that differs between two runs, by its place on the page. */
export const differing = signal<string | null>(null);
export const about = signal<About | null>(null);
export const choices = signal<Choices | null>(null);
export const frame = signal<Frame | null>(null);
export const arrays = signal<Arrays>({});
export const table = signal<Arrays>({});
export const selected = signal("");
export const shown = signal<Shown | null>(null);
export const verdict = signal<Verdict | null>(null);
/** Whether the selected weight was picked by hand: then only its ways to the loss stand out. */
export const chosen = signal(false);
export const nudge = signal<{ quantity: string; at: number; loss: number; values: number[]; losses: number[]; tangent: number[]; moved: Moved | null } | null>(null);
export const lit = signal<Way[] | null>(null);
export const boundary = signal<BoundaryMap | null>(null);
/** The plane of the map: two inputs, or two principal components. */
export const plane = signal<{ plane: "columns" | "components"; across: number; up: number }>({ plane: "columns", across: 0, up: 1 });
export const grain = signal<Grain>("layer");
export const speed = signal<"slow" | "normal" | "fast" | "max">("normal");
export const playing = signal(false);
export const notice = signal("");
export const findings = signal<{ code: string; sentence: string; fix: string }[] | null>(null);
export const place = signal(0); // how many operations of the step have been shown

/** The operations of a step in their order; the page plays back what the engine recorded. */
export const ops = computed<Op[]>(() => (frame.value ? stages(frame.value.units, frame.value.pieces) : []));
const ranks = computed(() => completed(ops.value));
/** The operation that was shown last. */
export const current = computed<Op | null>(() => ops.value[place.value - 1] ?? null);
/** Whether a number was computed by now: "z1[0]", "delta2[1]"; "W1[0,2]" stands for its gradient. */
export const isKnown = (target: string): boolean => (ranks.value.get(target) ?? 0) <= place.value;
/** The pieces of the number that is being computed, while a step is taken product by product. */
export const cutUp = signal<CutUp | null>(null);
/** The piece that was shown last. */
export const piece = computed<Piece | null>(() => {
  const op = current.value;
  if (grain.value !== "product" || !op || cutUp.value?.quantity !== op.target) return null;
  return cutUp.value.pieces[op.piece] ?? null;
});
/** Whether the number that is being computed still lacks a piece. */
export const isOpen = computed(() => grain.value === "product" && current.value !== null && !current.value.isLast);

let wire: Host | null = null;

/** Greet whoever answers, and follow the code of the address, if there is one. */
export async function connect(host: Host): Promise<void> {
  wire = host;
  const answer = await wire.ask({ type: "hello" });
  choices.value = answer.header as unknown as Choices;
  took(answer);
  const code = new URLSearchParams(location.hash.slice(1)).get("s");
  if (code) await ask({ type: "open", code });
  await select(about.value!.quantity);
}

let open = 0;

/** Count the questions that are open, for whoever waits until the page stands still. */
async function counted<T>(work: () => Promise<T>): Promise<T> {
  const root = home.root.dataset;
  root.waiting = String(++open);
  try {
    return await work();
  } finally {
    root.waiting = String(--open);
  }
}

/** Send a message and take in its answer; a refusal is shown and changes nothing. */
export const ask = (message: Record<string, unknown>) => counted(() => asked(message));

async function asked(message: Record<string, unknown>): Promise<Answer | null> {
  if (!wire) return null;
  try {
    const answer = await wire.ask(message);
    took(answer);
    if (!playing.value) notice.value = "";
    return answer;
  } catch (error) {
    playing.value = false;
    if (error instanceof Refused) notice.value = `${error.message} ${error.hint}`.trim();
    return null;
  }
}

/** An answer about another run; the one on the screen stays. */
export const askBeside = (message: Record<string, unknown>) =>
  counted(async () => {
    try {
      return await wire!.ask(message);
    } catch (error) {
      if (error instanceof Refused) notice.value = error.message;
      return null;
    }
  });

function took(answer: Answer): void {
  const { header } = answer;
  batch(() => {
    if (NEW_RUNS.includes(header.type)) {
      rival.value = null;
      plane.value = { plane: "columns", across: 0, up: 1 };
      boundary.value = null; // the next run may have other columns
    }
    if (header.sizes) {
      about.value = header as unknown as About;
      table.value = answer.arrays;
    }
    if (header.frame) {
      frame.value = header.frame;
      arrays.value = answer.arrays;
      nudge.value = null;
      verdict.value = null;
      cutUp.value = null;
    }
  });
  if (header.frame) void counted(refresh);
}

let asking = false;
let again = false;

/** The explanation and the map of the present step; while one is asked for, the next waits. A run
 *  that plays shows ten of them a second: nobody reads more formulas, and the steps go on. */
async function refresh(): Promise<void> {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  do {
    again = false;
    await explainSelected();
    if (about.value && about.value.columns.length >= 2) await askMap();
    if (playing.value) await new Promise((done) => setTimeout(done, 100));
  } while (again);
  asking = false;
}

async function explainSelected(): Promise<void> {
  if (!wire || !selected.value) return;
  try {
    const answer = await wire.ask({ type: "explain", quantity: selected.value });
    shown.value = answer.header as unknown as Shown;
    if (lit.value) lit.value = shown.value.paths;
  } catch {
    shown.value = null;
  }
}

export const setPlane = (chosen: Partial<typeof plane.value>) =>
  counted(() => {
    plane.value = { ...plane.value, ...chosen };
    return askMap();
  });

async function askMap(): Promise<void> {
  try {
    const answer = await wire!.ask({ type: "map", ...plane.value });
    boundary.value = { ...answer.header.map, arrays: answer.arrays };
  } catch {
    boundary.value = null;
  }
}

export const select = (quantity: string) => counted(() => selects(quantity));

/** Select a weight or bias by hand; once more, and all of the network stands out again. */
export function choose(quantity: string): Promise<void> {
  const isAgain = chosen.value && selected.value === quantity;
  const done = select(quantity);
  chosen.value = !isAgain;
  return done;
}

/** Whether an edge, or a unit where `from` is left out, lies on a way from the chosen weight to the loss. */
export function isOnItsWays(layer: number, to: number, from?: number): boolean {
  const match = chosen.value && /^[Wb](\d+)\[(\d+)(?:,(\d+))?\]$/.exec(selected.value);
  if (!match) return true;
  const [first, unit] = [Number(match[1]), Number(match[2])];
  if (layer < first) return from === undefined && layer === first - 1 && match[3] === String(to);
  if (layer > first + 1) return true;
  if (layer === first) return to === unit && (from === undefined || match[3] === String(from));
  return from === undefined || from === unit;
}

async function selects(quantity: string): Promise<void> {
  batch(() => {
    selected.value = quantity;
    verdict.value = null;
    nudge.value = null;
    lit.value = null;
    chosen.value = false;
  });
  const layer = /^[A-Za-z]+(\d+)\[(\d+)(?:,(\d+))?/.exec(quantity);
  const isDrawn = !layer || frame.value!.units[Number(layer[1])]?.includes(Number(layer[2]));
  if (isDrawn) await explainSelected();
  else await ask({ type: "show", quantity });
}
