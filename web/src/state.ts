// What the page knows of the run. Numbers arrive from the engine and are only shown.

import { batch, computed, signal } from "@preact/signals";
import type { Answer, Arrays } from "./wire";
import { home } from "./host";
import { Refused, type Host } from "./wire";
import { stages, type Grain, type Op } from "./stages";

export type Layer = { kind: string; units?: number; activation?: string };
export type About = {
  problem: string;
  title: string;
  quantity: string;
  n_rows: number;
  columns: string[];
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
};
export type Frame = {
  step: number;
  epoch: number;
  batch: number;
  n_batches: number;
  rows: number[];
  units: number[][]; // of each layer, those that are drawn
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
export type Shown = { quantity: string; at: number | null; what: string; value: number; html: string; paths: Way[]; n_paths: number };
export type Way = { units: number[]; value: number };
/** The loss with a weight at another value, its change, and the change that the slope foretold. */
export type Moved = { count: number; value: number; loss: number; change: number; foretold: number };
export type BoundaryMap = { columns: number[]; x: number[]; y: number[]; pixels: Uint8Array };

/** A second run beside this one, in which one setting differs. */
export type Rival = { label: string; lane: number; arrays: Arrays; loss: number; step: number };

const NEW_RUNS = ["configure", "data", "trouble", "open"]; // messages after which other runs are gone

export const rival = signal<Rival | null>(null);
export const about = signal<About | null>(null);
export const choices = signal<Choices | null>(null);
export const frame = signal<Frame | null>(null);
export const arrays = signal<Arrays>({});
export const table = signal<Arrays>({});
export const selected = signal("");
export const shown = signal<Shown | null>(null);
export const verdict = signal("");
export const nudge = signal<{ quantity: string; at: number; loss: number; values: number[]; losses: number[]; tangent: number[]; moved: Moved | null } | null>(null);
export const lit = signal<Way[] | null>(null);
export const boundary = signal<BoundaryMap | null>(null);
export const grain = signal<Grain>("layer");
export const speed = signal<"slow" | "normal" | "fast" | "max">("normal");
export const playing = signal(false);
export const notice = signal("");
export const findings = signal<{ code: string; sentence: string; fix: string }[] | null>(null);
export const place = signal(0); // how many operations of the step have been shown

/** The operations of a step in their order; the page plays back what the engine recorded. */
export const ops = computed<Op[]>(() => (frame.value ? stages(frame.value.units) : []));
/** The operation that was shown last. */
export const current = computed<Op | null>(() => ops.value[place.value - 1] ?? null);
/** Whether a quantity was computed by now: "z1[0]", "delta2[1]", "dL_dW1". */
export function isKnown(kind: string, layer: number, unit: number): boolean {
  const rank = ops.value.findIndex((op) => op.makes(kind, layer, unit));
  return rank < 0 || rank < place.value;
}

let wire: Host | null = null;

/** Greet whoever answers, and follow the code of the address, if there is one. */
export async function connect(host: Host): Promise<void> {
  wire = host;
  const token = new URLSearchParams(location.hash.slice(1)).get("t") ?? "";
  const answer = await wire.ask({ type: "hello", token });
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
    if (NEW_RUNS.includes(header.type)) rival.value = null;
    if (header.sizes) {
      about.value = header as unknown as About;
      table.value = answer.arrays;
    }
    if (header.frame) {
      frame.value = header.frame;
      arrays.value = answer.arrays;
      nudge.value = null;
      verdict.value = "";
    }
  });
  if (header.frame) void counted(refresh);
}

let asking = false;
let again = false;

/** The explanation and the map of the present step; while one is asked for, the next waits. */
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

async function askMap(): Promise<void> {
  try {
    const answer = await wire!.ask({ type: "map" });
    const { columns, x, y } = answer.header.map;
    boundary.value = { columns, x, y, pixels: answer.arrays.map!.data as Uint8Array };
  } catch {
    boundary.value = null;
  }
}

export const select = (quantity: string) => counted(() => selects(quantity));

async function selects(quantity: string): Promise<void> {
  batch(() => {
    selected.value = quantity;
    verdict.value = "";
    nudge.value = null;
    lit.value = null;
  });
  const layer = /^[A-Za-z]+(\d+)\[(\d+)(?:,(\d+))?/.exec(quantity);
  const isDrawn = !layer || frame.value!.units[Number(layer[1])]?.includes(Number(layer[2]));
  if (isDrawn) await explainSelected();
  else await ask({ type: "show", quantity });
}
