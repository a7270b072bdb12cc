"""Other marks, quotes and spellings of numbers."""

from __future__ import annotations

import random
from collections.abc import Callable

from damaged.grid import KINDS, Damaged, Grid, Kind, plain


def spelled(column: str, how: Callable[[float], str], mark: str = ",") -> Kind:
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
    KINDS[_name] = spelled("x", _how)
for _name, _how in {
    "thousands_commas": lambda v: f"{v:,.0f}",
    "thousands_spaces": lambda v: f"{v:,.0f}".replace(",", " "),
    "thousands_narrow_spaces": lambda v: f"{v:,.0f}".replace(",", "\u202f"),
    "thousands_apostrophes": lambda v: f"{v:,.0f}".replace(",", "'"),
    "thousands_points": lambda v: f"{v:,.0f}".replace(",", "."),
    "thousands_underscores": lambda v: f"{v:_.0f}",
}.items():
    KINDS[_name] = spelled("count", _how)
KINDS["decimal_commas"] = spelled("x", lambda v: f"{v:.2f}".replace(".", ","), ";")
