// Light or dark; what is drawn on a canvas is drawn again when it changes.

import { signal } from "@preact/signals";
import { home } from "./host";

/** Rises with every change of the theme. */
export const themed = signal(0);

const dark = matchMedia("(prefers-color-scheme: dark)");
dark.addEventListener("change", () => themed.value++);

export function toggleTheme(): void {
  const { root } = home;
  const now = root.dataset.theme ?? (dark.matches ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
  themed.value++;
}
