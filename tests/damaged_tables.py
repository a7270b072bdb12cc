"""Tables damaged in the ways that people meet, and whether each is read right or refused.

    python tests/damaged_tables.py            2,700 files, some minutes
    python tests/damaged_tables.py 300        so many

A file is read *right* (its names and values are the truth's), *told* (they are not, and a notice
names the column), *refused* (naming the file, and what to do), or, what must not be, wrong without
a word. The files are the same in every run.
"""

from __future__ import annotations

import gzip
import io
import random
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from chainrule.errors import TableFileError
from chainrule.table.read import FileTable, read_table

N_FILES = 2_700


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


def _lines(grid: Grid) -> list[str]:
    return grid.text().splitlines()


def _joined(lines: list[str], grid: Grid, **more: object) -> Damaged:
    return Damaged(("\n".join(lines) + "\n").encode(), grid, **more)  # type: ignore[arg-type]


def _spelled(column: str, how: Callable[[float], str], mark: str = ",") -> Kind:
    """The numbers of a column written another way."""

    def damage(grid: Grid, rng: random.Random) -> Damaged:
        texts = [how(float(cell)) for cell in grid.cells(column)]
        grid = grid.with_cells(column, texts)
        quote = (lambda t: f'"{t}"' if mark in t else t) if mark == "," else str
        return Damaged(grid.text(mark, quote=quote).encode(), grid)

    return damage


for _name, _options in {
    "untouched": {},
    "crlf": {"end": "\r\n"},
    "cr_alone": {"end": "\r"},
    "semicolons": {"mark": ";"},
    "tabs": {"mark": "\t"},
    "pipes": {"mark": "|"},
    "colons": {"mark": ":"},
    "carets": {"mark": "^"},
    "tildes": {"mark": "~"},
    "unit_separators": {"mark": "\x1f"},
    "all_quoted": {"quote": lambda t: f'"{t}"'},
    "single_quotes": {"quote": lambda t: f"'{t}'"},
    "smart_quotes": {"quote": lambda t: f"“{t}”"},
    "backquotes": {"quote": lambda t: f"`{t}`"},
    "space_after_comma": {"mark": ", "},
    "space_around_comma": {"mark": " , "},
    "tab_after_comma": {"mark": ",\t"},
    "blank_lines_between": {"end": "\n\n"},
}.items():
    KINDS[_name] = lambda grid, rng, options=_options: plain(grid, **options)  # type: ignore[misc]

for _name, _how in {
    "dollars": lambda v: f"${v:,.2f}" if v >= 0 else f"-${-v:,.2f}",
    "euros_behind": lambda v: f"{v:.2f} €",
    "currency_code": lambda v: f"USD {v:.2f}",
    "percent": lambda v: f"{v:.2f}%",
    "percent_spaced": lambda v: f"{v:.2f} %",
    "kilograms": lambda v: f"{v:.2f} kg",
    "degrees": lambda v: f"{v:.2f}°C",
    "speed": lambda v: f"{v:.2f} km/h",
    "parentheses": lambda v: f"({-v:.2f})" if v < 0 else f"{v:.2f}",
    "unicode_minus": lambda v: f"{v:.2f}".replace("-", "−"),
    "decimal_comma_quoted": lambda v: f"{v:.2f}".replace(".", ","),
    "plus_signs": lambda v: f"{v:+.2f}",
    "padded_left": lambda v: f"{v:10.2f}",
    "padded_right": lambda v: f"{v:<10.2f}",
    "non_breaking_space": lambda v: f"{v:.2f}\u00a0",
    "exponents": lambda v: f"{v:.10e}",
    "zero_width_space": lambda v: f"\u200b{v:.2f}",
}.items():
    KINDS[_name] = _spelled("x", _how)
for _name, _how in {
    "thousands_commas": lambda v: f"{v:,.0f}",
    "thousands_spaces": lambda v: f"{v:,.0f}".replace(",", " "),
    "thousands_narrow_spaces": lambda v: f"{v:,.0f}".replace(",", "\u202f"),
    "thousands_apostrophes": lambda v: f"{v:,.0f}".replace(",", "'"),
    "thousands_points": lambda v: f"{v:,.0f}".replace(",", "."),
    "thousands_underscores": lambda v: f"{v:_.0f}",
}.items():
    KINDS[_name] = _spelled("count", _how)
KINDS["decimal_commas"] = _spelled("x", lambda v: f"{v:.2f}".replace(".", ","), ";")


@kind
def mixed_line_ends(grid: Grid, rng: random.Random) -> Damaged:
    lines = _lines(grid)
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
    return _joined([line + "," for line in _lines(grid)], grid)


@kind
def delimiter_at_ends_of_data(grid: Grid, rng: random.Random) -> Damaged:
    head, *lines = _lines(grid)
    return _joined([head, *(line + "," for line in lines)], grid)


@kind
def delimiters_at_one_end(grid: Grid, rng: random.Random) -> Damaged:
    lines = _lines(grid)
    lines[rng.randrange(1, len(lines))] += "," * rng.randint(1, 3)
    return _joined(lines, grid, must_refuse=True)


@kind
def field_missing(grid: Grid, rng: random.Random) -> Damaged:
    lines = _lines(grid)
    at = rng.randrange(1, len(lines))
    lines[at] = lines[at].rpartition(",")[0]
    return _joined(lines, grid, must_refuse=True)


@kind
def field_too_many(grid: Grid, rng: random.Random) -> Damaged:
    lines = _lines(grid)
    lines[rng.randrange(1, len(lines))] += ",9"
    return _joined(lines, grid, must_refuse=True)


@kind
def unquoted_thousands(grid: Grid, rng: random.Random) -> Damaged:
    cells = grid.cells("count")
    cells[rng.randrange(len(cells))] = "1,234"
    return _joined(grid.with_cells("count", cells).text().splitlines(), grid, must_refuse=True)


@kind
def blank_lines(grid: Grid, rng: random.Random) -> Damaged:
    lines = _lines(grid)
    for _ in range(rng.randint(1, 4)):
        lines.insert(rng.randrange(1, len(lines)), "")
    return _joined(lines, grid)


@kind
def empty_rows_at_the_end(grid: Grid, rng: random.Random) -> Damaged:
    count = rng.randint(1, 3)
    empty = "," * (len(grid.names) - 1)
    return _joined([*_lines(grid), *[empty] * count], grid)


@kind
def comment_on_top(grid: Grid, rng: random.Random) -> Damaged:
    return _joined(
        [rng.choice(["# made by a logger", "#x"]), *_lines(grid)], grid, must_refuse=True
    )


@kind
def comment_row(grid: Grid, rng: random.Random) -> Damaged:
    lines = _lines(grid)
    lines.insert(
        rng.randrange(2, len(lines)), rng.choice(["#", "# pause"]) + "," * (len(grid.names) - 1)
    )
    return _joined(lines, grid, must_refuse=True)


@kind
def title_line(grid: Grid, rng: random.Random) -> Damaged:
    title = "Report 2021" + rng.choice(["", "," * (len(grid.names) - 1)])
    return _joined([title, *_lines(grid)], grid, must_refuse=True)


@kind
def units_row(grid: Grid, rng: random.Random) -> Damaged:
    head, *lines = _lines(grid)
    return _joined([head, ",".join(["(unit)"] * len(grid.names)), *lines], grid, must_refuse=True)


@kind
def footer(grid: Grid, rng: random.Random) -> Damaged:
    word = rng.choice(["Total", "Sum", "Average", "TOTAL:", "Mean"])
    cells = [
        word if n == grid.names[_first_text(grid)] else ("1" if n in ("x", "count") else "")
        for n in grid.names
    ]
    return _joined([*_lines(grid), ",".join(cells)], grid, must_refuse=True)


@kind
def note_at_the_end(grid: Grid, rng: random.Random) -> Damaged:
    line = rng.choice(["Source: the bureau", "(24 rows)", "end of file"])
    return _joined([*_lines(grid), line], grid, must_refuse=True)


def _first_text(grid: Grid) -> int:
    return next(i for i, n in enumerate(grid.names) if n in ("name", "colour"))


@kind
def names_again(grid: Grid, rng: random.Random) -> Damaged:
    lines = _lines(grid)
    lines.insert(rng.randrange(2, len(lines)), lines[0])
    return _joined(lines, grid, must_refuse=True)


@kind
def two_files_in_one(grid: Grid, rng: random.Random) -> Damaged:
    return _joined(_lines(grid) * 2, grid, must_refuse=True)


@kind
def no_header(grid: Grid, rng: random.Random) -> Damaged:
    return _joined(_lines(grid)[1:], grid, must_refuse=True)


@kind
def no_header_of_words(grid: Grid, rng: random.Random) -> Damaged:
    words = [[rng.choice(["red", "blue"]), rng.choice(["big", "small"])] for _ in grid.rows]
    lines = [",".join(row) for row in [["red", "big"], *words, ["red", "big"]]]
    return _joined(lines, grid, must_refuse=True)


@kind
def name_twice(grid: Grid, rng: random.Random) -> Damaged:
    head, *lines = _lines(grid)
    other = next(n for n in grid.names if n != "x")
    return _joined([head.replace(other, "x", 1), *lines], grid, must_refuse=True)


@kind
def name_empty(grid: Grid, rng: random.Random) -> Damaged:
    head, *lines = _lines(grid)
    names = head.split(",")
    names[rng.randrange(1, len(names))] = rng.choice(["", " "])
    return _joined([",".join(names), *lines], grid, must_refuse=True)


@kind
def index_of_a_frame(grid: Grid, rng: random.Random) -> Damaged:
    name = rng.choice(["", '""', "Unnamed: 0"])
    lines = _lines(grid)
    return _joined([f"{name},{lines[0]}", *(f"{i},{t}" for i, t in enumerate(lines[1:]))], grid)


@kind
def name_of_two_lines(grid: Grid, rng: random.Random) -> Damaged:
    lines = _lines(grid)
    names = ['"x\n(m)"' if n == "x" else n for n in grid.names]
    truth = {("x\n(m)" if n == "x" else n): v for n, v in grid.truth.items()}
    return _joined([",".join(names), *lines[1:]], replace(grid, truth=truth))


@kind
def lines_quoted(grid: Grid, rng: random.Random) -> Damaged:
    return _joined([f'"{line}"' for line in _lines(grid)], grid, must_refuse=True)


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


@kind
def invisible_signs_in_names(grid: Grid, rng: random.Random) -> Damaged:
    head, *lines = _lines(grid)
    return _joined([head.replace("x", "\u200bx", 1), *lines], grid)


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


def damaged_tables(count: int) -> Iterator[tuple[str, Damaged]]:
    """So many files, kind after kind, the same in every run."""
    for number in range(count):
        name = list(KINDS)[number % len(KINDS)]
        rng = random.Random(f"{name} {number // len(KINDS)}")
        yield name, KINDS[name](make_grid(rng), rng)


@dataclass
class Verdict:
    """What became of a file: "right", "told", "refused", or "wrong"; and why."""

    outcome: str
    why: str = ""


def judge(folder: Path, damaged: Damaged) -> Verdict:
    """Read a file, and compare with its truth."""
    path = folder / f"t{damaged.ending}"
    path.write_bytes(damaged.content)
    try:
        table = read_table(path)
    except TableFileError as error:
        return _of_refusal(error, path.name)
    wrong = differences(table, damaged.grid)
    notices = " ".join(table.report.notices)
    if damaged.must_refuse:
        return Verdict("wrong", f"read, with {notices or 'no notice'}")
    if not wrong:
        return Verdict("right")
    told = all(f"{name!r}" in notices for name in wrong) or "in any column" in notices
    return Verdict("told" if told else "wrong", f"{wrong}; notices: {notices or 'none'}")


def _of_refusal(error: TableFileError, name: str) -> Verdict:
    """A refusal names the file and what to do."""
    if "DuckDB could not" in error.message:
        return Verdict("wrong", f"a refusal in foreign words: {error}")
    if name not in error.message and "column" not in error.message:
        return Verdict("wrong", f"a refusal without a place: {error}")
    if not error.hint and "; " not in error.message:
        return Verdict("wrong", f"a refusal without a remedy: {error}")
    return Verdict("refused", str(error))


def differences(table: FileTable, grid: Grid) -> list[str]:
    """The columns that are not as in truth."""
    if set(table) != set(grid.truth):
        return sorted(set(table) ^ set(grid.truth))
    return [name for name, truth in grid.truth.items() if not _is_same(table[name], truth)]


def _is_same(values: np.ndarray, truth: list[object]) -> bool:
    if len(values) != len(truth):
        return False
    found = values if values.dtype.kind == "M" else values.tolist()
    return all(_is_one(a, b) for a, b in zip(found, truth, strict=True))


def _is_one(found: object, truth: object) -> bool:
    if isinstance(truth, np.datetime64):
        return isinstance(found, np.datetime64) and found == truth
    if isinstance(truth, float) and truth != truth:
        return found is None or (isinstance(found, float) and found != found)
    return type(found) is type(truth) and found == truth


def main(count: int) -> int:
    outcomes: dict[str, Counter[str]] = {}
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for name, damaged in damaged_tables(count):
            verdict = judge(Path(folder), damaged)
            outcomes.setdefault(name, Counter())[verdict.outcome] += 1
            if verdict.outcome == "wrong":
                wrong.append((name, verdict.why))
    for name, counts in outcomes.items():
        print(f"{name:28} " + ", ".join(f"{n} {what}" for what, n in sorted(counts.items())))
    total = sum(outcomes.values(), Counter())
    print(f"\n{len(outcomes)} kinds, {total.total():,} files: " + str(dict(total)))
    for name, why in wrong[:40]:
        print(f"WRONG {name}: {why[:300]}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else N_FILES))
