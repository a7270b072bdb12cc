// Where the page stands: a document of its own, or the shadow tree of a notebook's cell.

export const home = {
  /** The element that carries the theme and says whether a question is open. */
  root: document.documentElement as HTMLElement,
  /** What the page's elements are looked for in, and what its keys are heard from. */
  tree: document as Document | ShadowRoot,
};

export const find = (selector: string): HTMLElement | null => home.tree.querySelector<HTMLElement>(selector);
