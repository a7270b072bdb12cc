// Marks on what is drawn already: the number that differs, and what the pointer or the keyboard is on.

import { effect, signal } from "@preact/signals";
import { arrays, differing, frame, place, shown } from "./state";

/** The number under the pointer or in focus: "a0[1]", "W2[0,1]". */
export const hot = signal<string | null>(null);

effect(() => {
  const marks: [string, string | null][] = [["differs", differing.value], ["hot", hot.value]];
  void [frame.value, arrays.value, place.value, shown.value]; // drawn anew with any of them
  requestAnimationFrame(() => {
    for (const [name, what] of marks) {
      for (const one of document.querySelectorAll(`main .${name}`)) if (!one.closest(".rival")) one.classList.remove(name);
      if (what) for (const one of document.querySelectorAll(`main [data-ref="${CSS.escape(what)}"]`)) one.classList.add(name);
    }
  });
});
