"""Damage to rows and fields: too few, too many, and lines that are none of the data."""

from __future__ import annotations

import random

from damaged.grid import Damaged, Grid, joined, kind, lines_of


@kind
def fixed_width(grid: Grid, rng: random.Random) -> Damaged:
    lines = [grid.names, *grid.rows]
    text = "".join(
        "".join(cell.replace(" ", "_").ljust(14) for cell in line) + "\n" for line in lines
    )
    return Damaged(text.encode(), grid)


@kind
def single_spaces(grid: Grid, rng: random.Random) -> Damaged:
    lines = [grid.names, *grid.rows]
    return Damaged(
        "".join(" ".join(c.replace(" ", "_") for c in line) + "\n" for line in lines).encode(), grid
    )


@kind
def delimiter_at_every_end(grid: Grid, rng: random.Random) -> Damaged:
    return joined([line + "," for line in lines_of(grid)], grid)


@kind
def delimiter_at_ends_of_data(grid: Grid, rng: random.Random) -> Damaged:
    head, *lines = lines_of(grid)
    return joined([head, *(line + "," for line in lines)], grid)


@kind
def delimiters_at_one_end(grid: Grid, rng: random.Random) -> Damaged:
    lines = lines_of(grid)
    lines[rng.randrange(1, len(lines))] += "," * rng.randint(1, 3)
    return joined(lines, grid, must_refuse=True)


@kind
def field_missing(grid: Grid, rng: random.Random) -> Damaged:
    lines = lines_of(grid)
    at = rng.randrange(1, len(lines))
    lines[at] = lines[at].rpartition(",")[0]
    return joined(lines, grid, must_refuse=True)


@kind
def field_too_many(grid: Grid, rng: random.Random) -> Damaged:
    lines = lines_of(grid)
    lines[rng.randrange(1, len(lines))] += ",9"
    return joined(lines, grid, must_refuse=True)


@kind
def unquoted_thousands(grid: Grid, rng: random.Random) -> Damaged:
    cells = grid.cells("count")
    cells[rng.randrange(len(cells))] = "1,234"
    return joined(grid.with_cells("count", cells).text().splitlines(), grid, must_refuse=True)


@kind
def blank_lines(grid: Grid, rng: random.Random) -> Damaged:
    lines = lines_of(grid)
    for _ in range(rng.randint(1, 4)):
        lines.insert(rng.randrange(1, len(lines)), "")
    return joined(lines, grid)


@kind
def empty_rows_at_the_end(grid: Grid, rng: random.Random) -> Damaged:
    count = rng.randint(1, 3)
    empty = "," * (len(grid.names) - 1)
    return joined([*lines_of(grid), *[empty] * count], grid)


@kind
def comment_on_top(grid: Grid, rng: random.Random) -> Damaged:
    return joined(
        [rng.choice(["# made by a logger", "#x"]), *lines_of(grid)], grid, must_refuse=True
    )


@kind
def comment_row(grid: Grid, rng: random.Random) -> Damaged:
    lines = lines_of(grid)
    lines.insert(
        rng.randrange(2, len(lines)), rng.choice(["#", "# pause"]) + "," * (len(grid.names) - 1)
    )
    return joined(lines, grid, must_refuse=True)


@kind
def title_line(grid: Grid, rng: random.Random) -> Damaged:
    title = "Report 2021" + rng.choice(["", "," * (len(grid.names) - 1)])
    return joined([title, *lines_of(grid)], grid, must_refuse=True)


@kind
def units_row(grid: Grid, rng: random.Random) -> Damaged:
    head, *lines = lines_of(grid)
    return joined([head, ",".join(["(unit)"] * len(grid.names)), *lines], grid, must_refuse=True)


@kind
def footer(grid: Grid, rng: random.Random) -> Damaged:
    word = rng.choice(["Total", "Sum", "Average", "TOTAL:", "Mean"])
    cells = [
        word if n == grid.names[first_text(grid)] else ("1" if n in ("x", "count") else "")
        for n in grid.names
    ]
    return joined([*lines_of(grid), ",".join(cells)], grid, must_refuse=True)


@kind
def note_at_the_end(grid: Grid, rng: random.Random) -> Damaged:
    line = rng.choice(["Source: the bureau", "(24 rows)", "end of file"])
    return joined([*lines_of(grid), line], grid, must_refuse=True)


def first_text(grid: Grid) -> int:
    return next(i for i, n in enumerate(grid.names) if n in ("name", "colour"))


@kind
def names_again(grid: Grid, rng: random.Random) -> Damaged:
    lines = lines_of(grid)
    lines.insert(rng.randrange(2, len(lines)), lines[0])
    return joined(lines, grid, must_refuse=True)


@kind
def two_files_in_one(grid: Grid, rng: random.Random) -> Damaged:
    return joined(lines_of(grid) * 2, grid, must_refuse=True)


@kind
def no_header(grid: Grid, rng: random.Random) -> Damaged:
    return joined(lines_of(grid)[1:], grid, must_refuse=True)


@kind
def no_header_of_words(grid: Grid, rng: random.Random) -> Damaged:
    words = [[rng.choice(["red", "blue"]), rng.choice(["big", "small"])] for _ in grid.rows]
    lines = [",".join(row) for row in [["red", "big"], *words, ["red", "big"]]]
    return joined(lines, grid, must_refuse=True)
