// Marks on what is drawn already: the number that differs between two runs, and what the pointer or the keyboard is
// on: a factor lights its unit, and the unit its factors.

import { effect, signal } from "@preact/signals";
import { home } from "./host";
import { arrays, chosen, differing, frame, place, shown } from "./state";

/** What is lit: units as "1/0" (layer, unit), edges as "W2[0,1]". */
const hot = signal<string[]>([]);

/** What a place in the trace belongs to: "delta/1/2@17" to unit 1/2, "w/2/0/1" to the edge W2[0,1]. */
function owners(ref: string): string[] {
  const [kind, layer, unit, source] = ref.split("@")[0]!.split("/");
  if (kind === "w" && source !== undefined) return [`W${layer}[${unit},${source}]`];
  const ofUnits = ["z", "a", "delta", "slope", "b", "unit"];
  return ofUnits.includes(kind!) && layer && unit !== undefined ? [`${layer}/${unit}`] : [];
}

function ownersOf(element: Element): string[] {
  const { dataset } = element as HTMLElement;
  if (dataset.unit) return [dataset.unit];
  if (dataset.edge) return [dataset.edge];
  if (dataset.units) return dataset.units.split(" ");
  return owners(dataset.ref ?? "");
}

const LIT = ".network [data-unit], .network [data-edge], [data-units], .formula [data-ref], .pieces [data-ref]";

function over(event: Event): void {
  const element = (event.target as Element).closest?.(LIT);
  const now = element ? ownersOf(element) : [];
  if (now.join() !== hot.peek().join()) hot.value = now;
}

/** Hear what the pointer and the keyboard are on. */
export function watch(): void {
  for (const name of ["mouseover", "focusin"]) home.tree.addEventListener(name, over);
  home.tree.addEventListener("focusout", () => (hot.value = []));
}

effect(() => {
  const [units, place_] = [hot.value, differing.value];
  void [frame.value, arrays.value, place.value, shown.value, chosen.value]; // drawn anew with any of them
  requestAnimationFrame(() => {
    for (const one of home.tree.querySelectorAll("[data-hot]")) one.removeAttribute("data-hot");
    for (const one of home.tree.querySelectorAll("[data-differs]")) one.removeAttribute("data-differs");
    if (units.length) {
      for (const one of home.tree.querySelectorAll(LIT)) {
        if (ownersOf(one).some((owner) => units.includes(owner))) one.setAttribute("data-hot", "");
      }
    }
    if (!place_) return;
    const at = CSS.escape(place_);
    for (const one of home.tree.querySelectorAll(`.network [data-ref="${at}"], .network [data-edge="${at}"]`)) one.setAttribute("data-differs", "");
  });
});
