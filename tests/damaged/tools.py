"""What other tools write: databases, statistics packages, data frames, accountants, instruments."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import numpy as np

from damaged.grid import KINDS, Damaged, Grid, joined, kind, lines_of, plain
from damaged.spelling import spelled

for _name, _how in {
    "accounting": lambda v: f"(${-v:,.2f})" if v < 0 else f"${v:,.2f}",
    "percent_some_with_a_blank": lambda v: f"{v:.2f} %" if v > 5 else f"{v:.2f}%",
    "in_brackets": lambda v: f"[{v:.2f}]",
    "limits_of_detection": lambda v: f"<{v:.2f}" if v > -5 else f"{v:.2f}",
    "footnotes": lambda v: f"{v:.2f}*" if v > -5 else f"{v:.2f}",
}.items():
    KINDS[_name] = spelled("x", _how)

_FULL_WIDTH = str.maketrans("0123456789", "".join(chr(0xFF10 + k) for k in range(10)))
KINDS["full_width_digits"] = spelled("count", lambda v: f"{v:.0f}".translate(_FULL_WIDTH))


@kind
def names_quoted_behind_blanks(grid: Grid, rng: random.Random) -> Damaged:
    head, *lines = lines_of(grid)
    names = ", ".join(f'"{name}"' if k else name for k, name in enumerate(head.split(",")))
    return joined([names, *(line.replace(",", ", ") for line in lines)], grid)


@kind
def index_of_two_levels(grid: Grid, rng: random.Random) -> Damaged:
    head, *lines = lines_of(grid)
    return joined([f",,{head}", *(f"{i // 3},{i},{t}" for i, t in enumerate(lines))], grid)


@kind
def written_with_its_index_twice(grid: Grid, rng: random.Random) -> Damaged:
    head, *lines = lines_of(grid)
    return joined([f",Unnamed: 0,{head}", *(f"{i},{i},{t}" for i, t in enumerate(lines))], grid)


@kind
def table_of_r(grid: Grid, rng: random.Random) -> Damaged:
    lines = [" ".join(f'"{name}"' for name in grid.names)]
    lines += [
        " ".join([f'"{number}"', *(f'"{cell}"' for cell in row)])
        for number, row in enumerate(grid.rows, 1)
    ]
    return joined(lines, grid, must_refuse=True)


@kind
def json_by_columns(grid: Grid, rng: random.Random) -> Damaged:
    columns = {
        name: {str(k): cell for k, cell in enumerate(grid.cells(name))} for name in grid.names
    }
    return Damaged(json.dumps(columns).encode(), grid, ".json", must_refuse=True)


@kind
def nulls_of_a_database(grid: Grid, rng: random.Random) -> Damaged:
    gaps = [rng.random() < 0.6 for _ in grid.rows]
    gaps[:2] = [True, False]
    cells = [r"\N" if g else c for c, g in zip(grid.cells("x"), gaps, strict=True)]
    truth = [np.nan if g else v for v, g in zip(grid.truth["x"], gaps, strict=True)]
    return plain(grid.with_cells("x", cells, truth))


@kind
def filled_up_with_blanks(grid: Grid, rng: random.Random) -> Damaged:
    tones = [rng.choice(["red", "blue"]) for _ in grid.rows]
    tones[:2] = ["red", "blue"]
    rows = [[*row, f"{tone:<10}"] for row, tone in zip(grid.rows, tones, strict=True)]
    return plain(Grid([*grid.names, "tone"], rows, {**grid.truth, "tone": list(tones)}))


@kind
def quotes_behind_backslashes(grid: Grid, rng: random.Random) -> Damaged:
    cells = grid.cells("name")
    cells[rng.randrange(len(cells))] = r'"said \"so\", and left"'
    return replace(plain(grid.with_cells("name", cells)), must_refuse=True)
