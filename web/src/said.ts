// One sentence about what is on the screen.

import { about, arrays, current, frame, grain, ops, piece, place } from "./state";
import type { Op } from "./stages";
import { format } from "./format";
import { text } from "./strings";

export function said(): string {
  const { step, row } = frame.value!;
  const output = arrays.value[`a${about.value!.sizes.length - 1}`]?.data[0];
  if (step === 0 && place.value === 0) return text.first(format(output), format(arrays.value.target?.data[0]), row);
  const op = current.value;
  if (place.value === ops.value.length || !op) return text.said.done();
  if (grain.value === "product" && piece.value) return ofPiece(op);
  if (op.station === "forward" || op.station === "backward") return text.said[op.station](unit(op.unit, op.layer));
  return text.said[op.station]();
}

function ofPiece(op: Op): string {
  const { link, count, joins } = piece.value!;
  const words = text.saidOfPiece;
  const what = unit(op.unit, op.layer);
  if (op.part === "a" || op.part === "b") return words[op.part](what);
  if (op.part === "W") return words.W(what, unit(op.source!, op.layer - 1));
  if (count > 1) return words.hidden(what, count);
  if (op.part === "z") return link ? words.edge(what, unit(link[2]!, op.layer - 1)) : words.bias(what);
  if (joins === "times") return words.slope(what);
  return link ? words.back(what, unit(link[1]!, link[0]!)) : words.error(what);
}

const unit = (unit: number, layer: number) => (layer === 0 ? `input ${unit}` : `unit ${unit} of layer ${layer}`);
