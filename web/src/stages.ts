// A training step as a list of operations, the finest first: a product, a bias, a slope, an activation.
// The order is that of the chain rule; no number is made here.

export type Station = "forward" | "loss" | "backward" | "update";
export type Grain = "product" | "unit" | "layer" | "step" | "epoch";
/** What an operation works at: a piece of z or δ, a, the gradient of a weight or bias. */
export type Part = "z" | "a" | "delta" | "W" | "b" | "loss" | "update";

export class Op {
  constructor(
    readonly station: Station,
    readonly layer: number,
    readonly unit: number,
    readonly part: Part,
    readonly piece: number, // from 0
    readonly isLast: boolean, // whether the number is complete with it
    readonly source?: number,
  ) {}

  /** The number that it works at: "z1[0]", "W2[0,1]", "loss"; "" for the update of all. */
  get target(): string {
    if (this.part === "update") return "";
    if (this.part === "loss") return "loss";
    return `${this.part}${this.layer}[${this.unit}${this.source === undefined ? "" : `,${this.source}`}]`;
  }

  /** What to explain while this operation is shown; "" keeps the selection. */
  quantity(grain: Grain): string {
    if (grain === "product") return this.target;
    if (this.station === "forward") return `z${this.layer}[${this.unit}]`;
    return this.station === "backward" ? `delta${this.layer}[${this.unit}]` : this.target;
  }

  /** Whether both belong to one piece of a step of that size. */
  isWith(other: Op, grain: Grain): boolean {
    if (grain === "product" || this.station !== other.station || this.layer !== other.layer) return false;
    return grain === "layer" || this.unit === other.unit;
  }
}

/** The operations of one step over the units of each layer that are drawn; `counts` says of how many
 * pieces z and δ of a unit of each layer consist. */
export function stages(drawn: number[][], counts: number[][]): Op[] {
  const last = drawn.length - 1;
  const ops: Op[] = [];
  const pieces = (station: Station, layer: number, unit: number, part: Part, n: number) => {
    for (let k = 0; k < n; k++) ops.push(new Op(station, layer, unit, part, k, k === n - 1));
  };
  for (let layer = 1; layer <= last; layer++) {
    for (const unit of drawn[layer]!) {
      pieces("forward", layer, unit, "z", counts[layer - 1]![0]!);
      pieces("forward", layer, unit, "a", 1);
    }
  }
  ops.push(new Op("loss", last, 0, "loss", 0, true));
  for (let layer = last; layer >= 1; layer--) {
    for (const unit of drawn[layer]!) {
      pieces("backward", layer, unit, "delta", counts[layer - 1]![1]!);
      for (const source of drawn[layer - 1]!) ops.push(new Op("backward", layer, unit, "W", 0, true, source));
      pieces("backward", layer, unit, "b", 1);
    }
  }
  ops.push(new Op("update", 0, 0, "update", 0, true));
  return ops;
}

/** By number, how many operations it takes until it is complete. */
export const completed = (ops: Op[]): Map<string, number> =>
  new Map(ops.flatMap((op, k) => (op.isLast ? [[op.target, k + 1] as [string, number]] : [])));

/** The place after one more piece of that size, from `place` operations shown. */
export function next(ops: Op[], place: number, grain: Grain): number {
  let end = place + 1;
  while (end < ops.length && ops[end]!.isWith(ops[place]!, grain)) end++;
  return Math.min(end, ops.length);
}

/** The place before the last piece of that size. */
export function previous(ops: Op[], place: number, grain: Grain): number {
  let start = place - 1;
  while (start > 0 && ops[start - 1]!.isWith(ops[place - 1]!, grain)) start--;
  return Math.max(start, 0);
}

/** The place at the end of a station, or of one layer of it; layer 0 of the forward pass is the start. */
export function endOf(ops: Op[], station: Station, layer?: number): number {
  const wanted = (op: Op) => op.station === station && (layer === undefined || station === "loss" || op.layer === layer);
  return ops.findLastIndex(wanted) + 1;
}
