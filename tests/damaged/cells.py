"""Damage to cells: tokens, blanks, numbers and dates that can be read in two ways."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from damaged.grid import Damaged, Grid, kind, plain


@kind
def blanks_behind_words(grid: Grid, rng: random.Random) -> Damaged:
    texts = [rng.choice(["red", "blue"]) for _ in grid.rows]
    texts[:2] = ["red", "blue"]
    damaged = [t + " " if i % 3 == 2 else t for i, t in enumerate(texts)]
    damaged[2] = "red "
    rows = [[*r, t] for r, t in zip(grid.rows, damaged, strict=True)]
    return plain(
        Grid([*grid.names, "tone"], rows, {**grid.truth, "tone": [t.strip() for t in texts]})
    )


@kind
def one_token(grid: Grid, rng: random.Random) -> Damaged:
    cells = grid.cells("x")
    at = rng.randrange(len(cells))
    cells[at] = rng.choice(["?", "-", "n/a", "#N/A", "missing", ".", "--", "unknown", "#DIV/0!"])
    truth = [np.nan if i == at else v for i, v in enumerate(grid.truth["x"])]
    return plain(grid.with_cells("x", cells, truth))


@kind
def mostly_tokens(grid: Grid, rng: random.Random) -> Damaged:
    token = rng.choice(["?", "-", "n/a", ".", "missing"])
    gaps = [i % 4 != 0 for i in range(len(grid.rows))]
    cells = [token if g else c for c, g in zip(grid.cells("x"), gaps, strict=True)]
    truth = [np.nan if g else v for v, g in zip(grid.truth["x"], gaps, strict=True)]
    return plain(grid.with_cells("x", cells, truth))


@kind
def two_tokens(grid: Grid, rng: random.Random) -> Damaged:
    cells = [("?", "-")[i % 2] if i % 5 < 2 else c for i, c in enumerate(grid.cells("x"))]
    truth = [np.nan if i % 5 < 2 else v for i, v in enumerate(grid.truth["x"])]
    return plain(grid.with_cells("x", cells, truth))


@kind
def usual_tokens(grid: Grid, rng: random.Random) -> Damaged:
    tokens = ["NA", "nan", "NaN", "null", "None", "N/A", ""]
    gaps = [i % 3 == 0 for i in range(len(grid.rows))]
    cells = [rng.choice(tokens) if g else c for c, g in zip(grid.cells("x"), gaps, strict=True)]
    truth = [np.nan if g else v for v, g in zip(grid.truth["x"], gaps, strict=True)]
    return plain(grid.with_cells("x", cells, truth))


@kind
def infinite(grid: Grid, rng: random.Random) -> Damaged:
    cells = grid.cells("x")
    cells[rng.randrange(len(cells))] = rng.choice(["inf", "-inf", "1e999", "Infinity"])
    return replace(plain(grid.with_cells("x", cells)), must_refuse=True)


@kind
def leading_zeros(grid: Grid, rng: random.Random) -> Damaged:
    cells = [f"{rng.randint(1, 99_999):05d}" for _ in grid.rows]
    cells[0] = "00123"
    return plain(grid.with_cells("count", cells, list(cells)))


@kind
def versions(grid: Grid, rng: random.Random) -> Damaged:
    cells = [f"1.{i % 12}" for i in range(len(grid.rows))]
    cells = (cells * 2)[: len(cells)]
    return plain(grid.with_cells("x", cells, list(cells)))


@kind
def large_labels(grid: Grid, rng: random.Random) -> Damaged:
    cells = [str(rng.randint(1 << 54, 1 << 60) | 1) for _ in grid.rows]
    return plain(grid.with_cells("count", cells, list(cells)))


@kind
def open_dates(grid: Grid, rng: random.Random) -> Damaged:
    days = [(rng.randint(1, 12), rng.randint(1, 12)) for _ in grid.rows]
    days[0] = (1, 2)
    cells = [f"{a:02d}/{b:02d}/2020" for a, b in days]
    truth = [np.datetime64(f"2020-{b:02d}-{a:02d}") for a, b in days]
    rows = [[*r, c] for r, c in zip(grid.rows, cells, strict=True)]
    return plain(Grid([*grid.names, "when"], rows, {**grid.truth, "when": truth}))


@kind
def short_years(grid: Grid, rng: random.Random) -> Damaged:
    cells = [f"{rng.randint(13, 28)}.{rng.randint(1, 12)}.{rng.randint(10, 40)}" for _ in grid.rows]
    rows = [[*r, c] for r, c in zip(grid.rows, cells, strict=True)]
    return replace(plain(Grid([*grid.names, "when"], rows, grid.truth)), must_refuse=True)


@kind
def booleans_in_capitals(grid: Grid, rng: random.Random) -> Damaged:
    flags = [rng.random() < 0.5 for _ in grid.rows]
    rows = [
        [*r, str(f).upper() if rng.random() < 0.5 else str(f)]
        for r, f in zip(grid.rows, flags, strict=True)
    ]
    return plain(Grid([*grid.names, "flag"], rows, {**grid.truth, "flag": list(flags)}))


@kind
def units_that_differ(grid: Grid, rng: random.Random) -> Damaged:
    units = ["g", "kg"]
    cells = [f"{abs(float(c)):.2f} {units[i % 2]}" for i, c in enumerate(grid.cells("x"))]
    return plain(grid.with_cells("x", cells))
