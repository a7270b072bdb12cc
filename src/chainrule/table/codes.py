"""How one column becomes inputs of the network: one class a way, each fitted once.

    NumberCode      the scaled number, and a flag "was missing" where training had gaps
    PairCode        two kinds of value in one input: +1, -1, and 0 for anything else
    OneHotCode      one 0/1 input per level, scaled as a number is
    EmbeddingCode   the number of the level, for the network to look up
    NoCode          nothing: the column was constant in training

Each knows its column's name and kind, how many inputs it makes, their names and groups, how to
write them for new rows, and its JSON form. A further way of coding is a further class here.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, cast

import numpy as np

from chainrule.errors import DataError
from chainrule.table.column import BOOLEAN, CATEGORY, DATETIME, NUMERIC, Column, Level, as_category
from chainrule.table.scaling import smooth_clip

# Kinds of input, in the order in which a network takes them.
NUMBERS, FLAGS, LEVELS = range(3)

_NOUN = {NUMERIC: "numbers", DATETIME: "dates", BOOLEAN: "booleans", CATEGORY: "categories"}


@dataclass(frozen=True)
class NumberCode:
    """A number or date: f(s (x - median)), plus the flag "was missing" where training had gaps.

    Attributes
    ----------
    median, factor : float
        Of the known training rows; factor 0 leaves the number out (it never changed).
    flag_median, flag_factor : float
        Scale of the flag, which is +1 where the value is known and -1 where it is missing;
        `flag_factor` 0 means that training had no gaps.
    """

    code: ClassVar[str] = "number"
    name: str
    kind: str
    median: float
    factor: float
    flag_median: float = 0.0
    flag_factor: float = 0.0

    @property
    def input_names(self) -> tuple[str, ...]:
        """`col`, `col?`."""
        return (self.name,) * (self.factor > 0) + (f"{self.name}?",) * (self.flag_factor > 0)

    @property
    def groups(self) -> tuple[int, ...]:
        """A number, a flag."""
        return (NUMBERS,) * (self.factor > 0) + (FLAGS,) * (self.flag_factor > 0)

    def write(self, column: Column, out: np.ndarray) -> str | None:
        """Fill `out` of shape (n, width); the notice is about missing values not met before."""
        values = self._numbers(column)
        missing = np.isnan(values)
        if self.factor > 0:
            scaled = smooth_clip(values, self.median, self.factor)
            scaled[missing] = 0.0
            out[:, 0] = scaled
        if self.flag_factor > 0:
            flags = smooth_clip(np.array([1.0, -1.0]), self.flag_median, self.flag_factor)
            out[:, -1] = flags[missing.astype(np.intp)]
        elif missing.any():
            return (
                f"column '{self.name}' has {counted(int(missing.sum()), 'missing value')} and had "
                f"none in training, whose median {self.median:g} stands in."
            )
        return None

    def _numbers(self, column: Column) -> np.ndarray:
        if column.kind == self.kind or column.missing.all():
            known = column.kind in (NUMERIC, DATETIME)
            return column.values if known else np.full(len(column.values), np.nan)
        if column.kind == BOOLEAN and self.kind == NUMERIC:
            return np.where(column.missing, np.nan, column.values)
        row = int(np.flatnonzero(~column.missing)[0])
        raise DataError(
            f"column '{self.name}' held {_NOUN[self.kind]} in training and holds "
            f"{_NOUN[column.kind]} now ({_show(column, row)} in row {row}).",
            "Convert it to the type it had in training.",
        )


@dataclass(frozen=True)
class PairCode:
    """Two levels, or one level and gaps, in one input: +1, -1, and `other` for anything else.

    Attributes
    ----------
    levels : tuple
        One or two known levels, ascending: the first is +1, the second -1.
    other : float
        What missing and unseen values are: 0 beside two levels, -1 beside one.
    median, factor : float
        Scale of the resulting input.
    """

    code: ClassVar[str] = "pair"
    name: str
    kind: str
    levels: tuple[Level, ...]
    other: float
    median: float
    factor: float

    @property
    def input_names(self) -> tuple[str, ...]:
        """`col=level` of the level that is +1."""
        return (f"{self.name}={self.levels[0]}",)

    @property
    def groups(self) -> tuple[int, ...]:
        """One flag."""
        return (FLAGS,)

    def write(self, column: Column, out: np.ndarray) -> str | None:
        """Fill `out` of shape (n, 1); the notice counts unseen categories."""
        places, notice = match_levels(column, self.name, self.levels)
        table = np.array([*(1.0, -1.0)[: len(self.levels)], self.other])
        out[:, 0] = smooth_clip(table, self.median, self.factor)[places]
        return notice


@dataclass(frozen=True)
class OneHotCode:
    """One input per level, 1 where the row has it; missing and unseen rows are 0 everywhere.

    Attributes
    ----------
    levels : tuple
        Known levels, ascending.
    medians, factors : tuple of float
        Scale of each 0/1 input.
    """

    code: ClassVar[str] = "onehot"
    name: str
    kind: str
    levels: tuple[Level, ...]
    medians: tuple[float, ...]
    factors: tuple[float, ...]

    @property
    def input_names(self) -> tuple[str, ...]:
        """`col=level` for every level."""
        return tuple(f"{self.name}={level}" for level in self.levels)

    @property
    def groups(self) -> tuple[int, ...]:
        """Flags."""
        return (FLAGS,) * len(self.levels)

    def write(self, column: Column, out: np.ndarray) -> str | None:
        """Fill `out` of shape (n, number of levels); the notice counts unseen categories."""
        places, notice = match_levels(column, self.name, self.levels)
        medians, factors = np.array(self.medians), np.array(self.factors)
        absent = smooth_clip(np.zeros(len(self.levels)), medians, factors)
        present = smooth_clip(np.ones(len(self.levels)), medians, factors)
        out[:] = absent
        rows = np.flatnonzero(places >= 0)
        out[rows, places[rows]] = present[places[rows]]
        return notice


@dataclass(frozen=True)
class EmbeddingCode:
    """The number of the row's level, 1 to K, and 0 where it is missing or unseen.

    Attributes
    ----------
    levels : tuple
        The K known levels, ascending.
    """

    code: ClassVar[str] = "embedding"
    name: str
    kind: str
    levels: tuple[Level, ...]

    @property
    def input_names(self) -> tuple[str, ...]:
        """`col`."""
        return (self.name,)

    @property
    def groups(self) -> tuple[int, ...]:
        """A level."""
        return (LEVELS,)

    def write(self, column: Column, out: np.ndarray) -> str | None:
        """Fill `out` of shape (n, 1); the notice counts unseen categories."""
        places, notice = match_levels(column, self.name, self.levels)
        out[:, 0] = places + 1
        return notice


@dataclass(frozen=True)
class NoCode:
    """A column that never changed in training: still required, not used."""

    code: ClassVar[str] = "none"
    name: str
    kind: str

    @property
    def input_names(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def groups(self) -> tuple[int, ...]:
        """None."""
        return ()

    def write(self, column: Column, out: np.ndarray) -> str | None:
        """Nothing to fill and nothing to say."""
        return None


Code = NumberCode | PairCode | OneHotCode | EmbeddingCode | NoCode
_CODES: dict[str, type[Any]] = {
    kind.code: kind for kind in (NumberCode, PairCode, OneHotCode, EmbeddingCode, NoCode)
}


def code_to_json(code: Code) -> dict[str, Any]:
    """Plain values with the way of coding under "code"."""
    form = {"code": code.code, **asdict(code)}
    return {key: list(v) if isinstance(v, tuple) else v for key, v in form.items()}


def code_from_json(form: Mapping[str, Any]) -> Code:
    """Build from the JSON form; raises `DataError` where it is no column that `Encoder` fitted."""
    kind = _CODES.get(str(form.get("code")))
    if kind is None:
        raise DataError(f"the encoder has a column of unknown code {form.get('code')!r}.")
    fields = {key: tuple(v) if isinstance(v, list) else v for key, v in form.items()}
    del fields["code"]
    if set(fields) != {entry.name for entry in dataclasses.fields(kind)}:
        raise DataError(f"the encoder's column {form.get('name')!r} has unknown or lacks entries.")
    for key, value in fields.items():
        if not _FITS[key](value):
            raise DataError(f"the encoder's column {form.get('name')!r} has a wrong '{key}'.")
    if kind is PairCode and not 1 <= len(fields["levels"]) <= 2:
        raise DataError(f"the encoder's column {form.get('name')!r} must have one or two levels.")
    if kind is OneHotCode and not (
        len(fields["levels"]) == len(fields["medians"]) == len(fields["factors"])
    ):
        raise DataError(
            f"the encoder's column {form.get('name')!r} has lists of different lengths."
        )
    return cast(Code, kind(**fields))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_numbers(value: Any) -> bool:
    return isinstance(value, tuple) and all(map(_is_number, value))


def _is_levels(value: Any) -> bool:
    plain = isinstance(value, tuple) and all(isinstance(v, str | bool | int | float) for v in value)
    return plain and len(set(value)) == len(value) > 0


_FITS: dict[str, Callable[[Any], bool]] = {
    "name": lambda value: isinstance(value, str),
    "kind": lambda value: isinstance(value, str) and value in _NOUN,
    "levels": _is_levels,
    "medians": _is_numbers,
    "factors": _is_numbers,
    **dict.fromkeys(("median", "factor", "flag_median", "flag_factor", "other"), _is_number),
}


def match_levels(
    column: Column, name: str, levels: tuple[Level, ...]
) -> tuple[np.ndarray, str | None]:
    """Each row's place among the known levels, -1 for missing and unseen, and a notice of those."""
    if column.kind == DATETIME and not column.missing.all():
        raise DataError(f"column '{name}' held categories in training and holds dates now.")
    column = as_category(column)
    known: dict[Level, int] = {level: place for place, level in enumerate(levels)}
    if all(isinstance(level, str) for level in levels):
        # A column of text whose new values all look like numbers may arrive as numbers.
        found = [known.get(str(level), -1) for level in column.levels]
    else:
        found = [known.get(level, -1) for level in column.levels]
    places = np.array([*found, -1], np.int64)[column.values]  # code -1 meets the last entry
    unseen = (places < 0) & (column.values >= 0)
    if not unseen.any():
        return places, None
    strange = [column.levels[code] for code in np.unique(column.values[unseen])]
    shown = ", ".join(repr(level) for level in strange[:3]) + (", ..." if len(strange) > 3 else "")
    return places, (
        f"column '{name}' has {counted(int(unseen.sum()), 'row')} with "
        f"{counted(len(strange), 'category', 'categories')} not met in training ({shown}), "
        "taken as unknown."
    )


def counted(count: int, noun: str, plural: str = "") -> str:
    """ "1 row", "3 rows"."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def _show(column: Column, row: int) -> str:
    value = column.values[row]
    return repr(column.levels[value]) if column.levels else f"{value:g}"
