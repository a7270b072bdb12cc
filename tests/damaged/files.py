"""Damage to the bytes of a file: ends of lines, cuts, encodings, archives."""

from __future__ import annotations

import gzip
import io
import random
import zipfile

from damaged.grid import Damaged, Grid, kind, lines_of


@kind
def mixed_line_ends(grid: Grid, rng: random.Random) -> Damaged:
    lines = lines_of(grid)
    return Damaged("".join(t + rng.choice(["\n", "\r\n"]) for t in lines).encode(), grid)


@kind
def no_last_line_end(grid: Grid, rng: random.Random) -> Damaged:
    return Damaged(grid.text().rstrip("\n").encode(), grid)


@kind
def cut_in_a_number(grid: Grid, rng: random.Random) -> Damaged:
    at = grid.names.index("x")
    order = [i for i in range(len(grid.names)) if i != at] + [at]
    moved = Grid(
        [grid.names[i] for i in order], [[r[i] for i in order] for r in grid.rows], grid.truth
    )
    text = moved.text().rstrip("\n")
    return Damaged(text[: -rng.randint(1, 2)].encode(), moved, must_refuse=True)


@kind
def cut_in_a_word(grid: Grid, rng: random.Random) -> Damaged:
    word = ["alpha" if rng.random() < 0.5 else "gamma" for _ in grid.rows]
    word[:2], word[-1] = ["alpha", "gamma"], "alpha"
    word[2:4] = ["alpha", "gamma"]
    rows = [[*r, w] for r, w in zip(grid.rows, word, strict=True)]
    moved = Grid([*grid.names, "word"], rows, {**grid.truth, "word": list(word)})
    text = moved.text().rstrip("\n")
    return Damaged(text[: -rng.randint(1, 3)].encode(), moved, must_refuse=True)


@kind
def cut_in_a_row(grid: Grid, rng: random.Random) -> Damaged:
    text = grid.text().rstrip("\n")
    at = text.rindex(",")
    return Damaged(text[:at].encode(), grid, must_refuse=True)


@kind
def byte_order_mark(grid: Grid, rng: random.Random) -> Damaged:
    return Damaged(b"\xef\xbb\xbf" * rng.randint(1, 3) + grid.text().encode(), grid)


@kind
def utf_16(grid: Grid, rng: random.Random) -> Damaged:
    return Damaged(grid.text().encode("utf-16"), grid)


@kind
def utf_16_without_a_mark(grid: Grid, rng: random.Random) -> Damaged:
    return Damaged(grid.text().encode(rng.choice(["utf-16-le", "utf-16-be"])), grid)


@kind
def utf_7(grid: Grid, rng: random.Random) -> Damaged:
    return Damaged(b"+/v8-" + grid.text().encode("utf-7"), grid, must_refuse=True)


@kind
def mark_of_another_encoding(grid: Grid, rng: random.Random) -> Damaged:
    return Damaged("ï»¿".encode() + grid.text().encode(), grid, must_refuse=True)


@kind
def latin_1(grid: Grid, rng: random.Random) -> Damaged:
    cells = [cell + "é" for cell in grid.cells("name")]
    grid = grid.with_cells("name", cells, list(cells))
    return Damaged(grid.text().encode("latin-1"), grid, must_refuse=True)


@kind
def nul_bytes(grid: Grid, rng: random.Random) -> Damaged:
    return Damaged(grid.text().encode() + b"\0" * rng.randint(1, 64), grid, must_refuse=True)


@kind
def control_z(grid: Grid, rng: random.Random) -> Damaged:
    return Damaged(grid.text().encode() + b"\x1a", grid)


@kind
def excels_first_line(grid: Grid, rng: random.Random) -> Damaged:
    mark = rng.choice(";,\t")
    return Damaged(f"sep={mark}\n{grid.text(mark)}".encode(), grid)


@kind
def gzipped(grid: Grid, rng: random.Random) -> Damaged:
    return Damaged(gzip.compress(grid.text().encode(), mtime=0), grid, ".csv.gz")


@kind
def gzipped_and_cut(grid: Grid, rng: random.Random) -> Damaged:
    packed = gzip.compress(grid.text().encode(), mtime=0)
    return Damaged(packed[: len(packed) // 2], grid, ".csv.gz", must_refuse=True)


@kind
def gzipped_without_the_ending(grid: Grid, rng: random.Random) -> Damaged:
    return Damaged(gzip.compress(grid.text().encode(), mtime=0), grid, must_refuse=True)


@kind
def zipped(grid: Grid, rng: random.Random) -> Damaged:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("t.csv", grid.text())
    return Damaged(target.getvalue(), grid, ".zip")
