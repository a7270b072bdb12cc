"""Damage to names and to quotes."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from damaged.grid import Damaged, Grid, joined, kind, lines_of, plain


@kind
def name_twice(grid: Grid, rng: random.Random) -> Damaged:
    head, *lines = lines_of(grid)
    other = next(n for n in grid.names if n != "x")
    return joined([head.replace(other, "x", 1), *lines], grid, must_refuse=True)


@kind
def name_empty(grid: Grid, rng: random.Random) -> Damaged:
    head, *lines = lines_of(grid)
    names = head.split(",")
    names[rng.randrange(1, len(names))] = rng.choice(["", " "])
    return joined([",".join(names), *lines], grid, must_refuse=True)


@kind
def index_of_a_frame(grid: Grid, rng: random.Random) -> Damaged:
    name = rng.choice(["", '""', "Unnamed: 0"])
    lines = lines_of(grid)
    return joined([f"{name},{lines[0]}", *(f"{i},{t}" for i, t in enumerate(lines[1:]))], grid)


@kind
def name_of_two_lines(grid: Grid, rng: random.Random) -> Damaged:
    lines = lines_of(grid)
    names = ['"x\n(m)"' if n == "x" else n for n in grid.names]
    truth = {("x\n(m)" if n == "x" else n): v for n, v in grid.truth.items()}
    return joined([",".join(names), *lines[1:]], replace(grid, truth=truth))


@kind
def lines_quoted(grid: Grid, rng: random.Random) -> Damaged:
    return joined([f'"{line}"' for line in lines_of(grid)], grid, must_refuse=True)


@kind
def quoted_gaps(grid: Grid, rng: random.Random) -> Damaged:
    gaps = [rng.random() < 0.3 for _ in grid.rows]
    cells = ["" if g else c for c, g in zip(grid.cells("x"), gaps, strict=True)]
    truth = [np.nan if g else v for v, g in zip(grid.truth["x"], gaps, strict=True)]
    return plain(grid.with_cells("x", cells, truth), quote=lambda t: f'"{t}"')


@kind
def stray_quote(grid: Grid, rng: random.Random) -> Damaged:
    cells = grid.cells("name")
    at = rng.randrange(len(cells))
    cells[at] = f'5" {cells[at]}'
    return plain(grid.with_cells("name", cells, list(cells)))


@kind
def quote_never_closed(grid: Grid, rng: random.Random) -> Damaged:
    cells = grid.cells("name")
    cells[rng.randrange(len(cells))] = '"open'
    return replace(plain(grid.with_cells("name", cells)), must_refuse=True)


@kind
def text_after_a_quote(grid: Grid, rng: random.Random) -> Damaged:
    cells = grid.cells("name")
    cells[rng.randrange(len(cells))] = '"a"b'
    return replace(plain(grid.with_cells("name", cells)), must_refuse=True)


@kind
def line_end_in_quotes(grid: Grid, rng: random.Random) -> Damaged:
    cells = grid.cells("name")
    at = rng.randrange(len(cells))
    cells[at] = "two\nlines, and a comma"
    grid = grid.with_cells("name", cells, list(cells))
    return plain(grid, quote=lambda t: f'"{t}"' if "\n" in t else t)


@kind
def invisible_signs_in_names(grid: Grid, rng: random.Random) -> Damaged:
    head, *lines = lines_of(grid)
    return joined([head.replace("x", "\u200bx", 1), *lines], grid)
