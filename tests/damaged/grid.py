"""A table as texts with its truth, and the kinds of damage, which the other modules add."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Grid:
    """A table as texts, and what its columns hold in truth: floats, texts, booleans or dates.

    Attributes
    ----------
    names : list of str
    rows : list of list of str
    truth : dict of str to list
    """

    names: list[str]
    rows: list[list[str]]
    truth: dict[str, list[object]]

    def text(self, mark: str = ",", end: str = "\n", quote: Callable[[str], str] = str) -> str:
        lines = [self.names, *self.rows]
        return "".join(mark.join(quote(cell) for cell in line) + end for line in lines)

    def with_cells(self, column: str, texts: list[str], truth: list[object] | None = None) -> Grid:
        at = self.names.index(column)
        rows = [[*r[:at], t, *r[at + 1 :]] for r, t in zip(self.rows, texts, strict=True)]
        return replace(self, rows=rows, truth={**self.truth, **({column: truth} if truth else {})})

    def cells(self, column: str) -> list[str]:
        at = self.names.index(column)
        return [row[at] for row in self.rows]


@dataclass
class Damaged:
    """A file, and what it holds in truth.

    Attributes
    ----------
    content : bytes
    grid : Grid
        With the truth.
    ending : str
    must_refuse : bool
        Whether no reading is right.
    """

    content: bytes
    grid: Grid
    ending: str = ".csv"
    must_refuse: bool = False


def make_grid(rng: random.Random) -> Grid:
    """A table of some rows with columns of every kind, in some order."""
    n = rng.randint(12, 40)
    name = ["".join(rng.choices("klmnop", k=4)) + str(i) for i in range(n)]
    x = [round(rng.gauss(0, 12), 2) + 0.01 for _ in range(n)]
    x = [round(v, 2) for v in x]
    count = [rng.randint(0, 9_000) for _ in range(n)]
    colour = [rng.choice(["red", "blue", "dark blue", "green"]) for _ in range(n)]
    ok = [rng.random() < 0.5 for _ in range(n)]
    ok[0], ok[1] = True, False
    day = [f"2021-{rng.randint(1, 12):02d}-{rng.randint(13, 28)}" for _ in range(n)]
    columns: list[tuple[str, list[str], list[object]]] = [
        ("name", name, list(name)),
        ("x", [f"{v:.2f}" for v in x], list(x)),
        ("count", [str(v) for v in count], [float(v) for v in count]),
        ("colour", colour, list(colour)),
        ("ok", [str(v).lower() for v in ok], list(ok)),
        ("day", day, [np.datetime64(d) for d in day]),
    ]
    extra = columns[3:]
    rng.shuffle(extra)
    kept = [*columns[:3], *extra[: rng.randint(1, 3)]]
    if rng.random() < 0.5:
        rng.shuffle(kept)
    names = [c[0] for c in kept]
    rows = [list(cells) for cells in zip(*(c[1] for c in kept), strict=True)]
    return Grid(names, rows, {c[0]: c[2] for c in kept})


Kind = Callable[[Grid, random.Random], Damaged]
KINDS: dict[str, Kind] = {}


def kind(function: Kind) -> Kind:
    KINDS[function.__name__] = function
    return function


def plain(grid: Grid, **options: object) -> Damaged:
    return Damaged(grid.text(**options).encode(), grid)  # type: ignore[arg-type]


def lines_of(grid: Grid) -> list[str]:
    return grid.text().splitlines()


def joined(lines: list[str], grid: Grid, **more: object) -> Damaged:
    return Damaged(("\n".join(lines) + "\n").encode(), grid, **more)  # type: ignore[arg-type]
