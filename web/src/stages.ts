// A training step as a list of operations. The order is that of the chain rule; no number is made here.

export type Station = "forward" | "loss" | "backward" | "update";
export type Grain = "unit" | "layer" | "step" | "epoch";

export class Op {
  constructor(
    readonly station: Station,
    readonly layer: number,
    readonly unit: number,
  ) {}

  /** What to explain while this operation is shown; "" keeps the selection. */
  get quantity(): string {
    if (this.station === "forward") return `z${this.layer}[${this.unit}]`;
    if (this.station === "loss") return "loss";
    return this.station === "backward" ? `delta${this.layer}[${this.unit}]` : "";
  }

  /** Whether this operation computes the quantity of that kind, layer and unit. */
  makes(kind: string, layer: number, unit: number): boolean {
    if (this.station === "loss") return kind === "loss";
    if (this.station === "update") return kind === "update";
    const kinds = this.station === "forward" ? ["z", "a", "slope"] : ["delta", "gradient"];
    return kinds.includes(kind) && layer === this.layer && unit === this.unit;
  }
}

/** The operations of one step over the units of each layer that are drawn. */
export function stages(drawn: number[][]): Op[] {
  const last = drawn.length - 1;
  const ops: Op[] = [];
  const units = (station: Station, layer: number) => {
    for (const unit of drawn[layer]!) ops.push(new Op(station, layer, unit));
  };
  for (let layer = 1; layer <= last; layer++) units("forward", layer);
  ops.push(new Op("loss", last, 0));
  for (let layer = last; layer >= 1; layer--) units("backward", layer);
  ops.push(new Op("update", 0, 0));
  return ops;
}

/** The place after one more unit or layer, from `place` operations shown. */
export function next(ops: Op[], place: number, grain: Grain): number {
  if (grain === "unit") return Math.min(place + 1, ops.length);
  const first = ops[place];
  let end = place;
  while (end < ops.length && ops[end]!.station === first!.station && ops[end]!.layer === first!.layer) end++;
  return end;
}

/** The place before the last unit or layer. */
export function previous(ops: Op[], place: number, grain: Grain): number {
  if (grain === "unit") return Math.max(place - 1, 0);
  const last = ops[place - 1];
  let start = place;
  while (start > 0 && ops[start - 1]!.station === last!.station && ops[start - 1]!.layer === last!.layer) start--;
  return start;
}

/** The place at the end of a station, or of one layer of it; layer 0 of the forward pass is the start. */
export function endOf(ops: Op[], station: Station, layer?: number): number {
  const wanted = (op: Op) => op.station === station && (layer === undefined || station === "loss" || op.layer === layer);
  return ops.findLastIndex(wanted) + 1;
}
