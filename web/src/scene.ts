import { signal } from "@preact/signals";

/** The scene of the tour that is on, from 0; null outside the tour. */
export const scene = signal<number | null>(null);
