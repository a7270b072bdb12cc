"""Column encoders as array operations: one function for each of them, by its code."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.export.calendar import local_clock, write_cycles
from chainrule.export.values import FLOAT64, INT64, TEXT, Value, as_value, constant, function, given
from chainrule.table.column import BOOLEAN, DATETIME, DURATION, TIME
from chainrule.table.encode.category import (
    CategoryEncoder,
    IndexEncoder,
    OneHotEncoder,
    PairEncoder,
)
from chainrule.table.encode.column_encoder import ColumnEncoder, UnusedEncoder
from chainrule.table.encode.datetime import CycleEncoder, DatetimeEncoder
from chainrule.table.encode.identifier import LeftOutEncoder
from chainrule.table.encode.number import NumberEncoder
from chainrule.table.encode.scaling import CLIP, smooth_clip
from chainrule.table.encode.text import TextEncoder
from chainrule.table.encode.time_of_day import TimeEncoder

_LARGEST = 1e150  # of a scaled number, whose square then stays finite

# What the numbers of a column are, beside plain ones.
UNITS = {
    DATETIME: "days since 1970-01-01",
    DURATION: "days",
    TIME: "hours since midnight",
    BOOLEAN: "0 or 1",
}


def unit_of(encoder: ColumnEncoder) -> str:
    """What a column's input holds, in words."""
    if takes_text(encoder):
        return "text"
    zone = getattr(encoder, "zone", None)
    return UNITS.get(encoder.kind, "a number") + (" of UTC" if zone else "")


def takes_text(encoder: ColumnEncoder) -> bool:
    """Whether a column's input is text; it is a number where all its levels are."""
    return isinstance(encoder, CategoryEncoder) and encoder.file_kind == "text"


def encoded(encoder: Any, key: str | None) -> list[Value]:
    """The inputs that a column becomes, each (n, 1) or several side by side, float64.

    Raises
    ------
    DataError
        For a column that has no such form, by its name.
    """
    return COLUMNS[encoder.code](encoder, key)


@function
def scaled(x: Value, median: Value, factor: Value) -> Value:
    """f(s (x - median)) with f(v) = v / sqrt(1 + (v / 3)^2); 0 where x is missing."""
    v = ((x - median) * factor).minimum(_LARGEST).maximum(-_LARGEST)
    clipped = v / ((v / CLIP) * (v / CLIP) + 1.0).sqrt()
    return x.is_missing().where(as_value(0.0, FLOAT64), clipped)


def _number(encoder: NumberEncoder, key: str | None) -> list[Value]:
    values = given(encoder.name, FLOAT64)
    missing = values.is_missing()
    inputs: list[Value] = []
    if encoder.factor > 0:
        inputs.append(scaled(values, encoder.median, encoder.factor))
    if isinstance(encoder, CycleEncoder):
        inputs += write_cycles(_wall_clock(encoder, values), encoder.cycles)
    if encoder.flag_factor > 0:
        flags = smooth_clip(np.array([1.0, -1.0]), encoder.flag_median, encoder.flag_factor)
        inputs.append(missing.where(as_value(flags[1], FLOAT64), as_value(flags[0], FLOAT64)))
    return inputs


def _wall_clock(encoder: CycleEncoder, values: Value) -> Value:
    if isinstance(encoder, DatetimeEncoder):
        return local_clock(values, encoder.zone)
    return values / 24.0


def _pair(encoder: PairEncoder, key: str | None) -> list[Value]:
    codes = np.array([encoder.other, *(1.0, -1.0)[: len(encoder.levels)]])
    table = smooth_clip(codes, encoder.median, encoder.factor)
    return [_indices(encoder, key).rows_of(constant(table[:, None], FLOAT64))]


def _one_hot(encoder: OneHotEncoder, key: str | None) -> list[Value]:
    medians, factors = np.array(encoder.medians), np.array(encoder.factors)
    absent = smooth_clip(np.zeros(len(medians)), medians, factors)
    present = smooth_clip(np.ones(len(medians)), medians, factors)
    is_level = _indices(encoder, key).equal(np.arange(1, len(medians) + 1))
    return [is_level.where(constant(present, FLOAT64), constant(absent, FLOAT64))]


def _index(encoder: IndexEncoder, key: str | None) -> list[Value]:
    return [_indices(encoder, key).cast(FLOAT64)]


def _none(encoder: UnusedEncoder, key: str | None) -> list[Value]:
    return []


def _text(encoder: TextEncoder, key: str | None) -> list[Value]:
    raise DataError(
        f"column '{encoder.name}' holds free text, whose pieces of words an export cannot count.",
        "Train without this column, or predict with chainrule itself.",
    )


def _indices(encoder: CategoryEncoder, key: str | None) -> Value:
    """The place of each row's level from 1 on; 0 where it is missing or unknown, int64."""
    if not takes_text(encoder):
        levels = np.array([float(level) for level in encoder.levels])
        places = np.arange(1.0, len(levels) + 1)
        met = given(encoder.name, FLOAT64).equal(levels)
        return met.where(constant(places, FLOAT64), 0.0).row_sum().cast(INT64)
    texts = given(encoder.name, TEXT)
    if key is not None and encoder.kind != BOOLEAN:
        texts = texts.hash(key)
    return texts.lookup(text_numbers(encoder.levels, encoder.name))


def text_numbers(levels: tuple[Any, ...], name: str) -> dict[str, int]:
    """Text -> place from 1 on: levels that are texts as they stand, others by what they read as;
    true and false however they are spelled.

    Raises
    ------
    DataError
        For a column with both a number and the text of that number, by its `name`.
    """
    found: dict[str, int] = {}
    for place, level in enumerate(levels, start=1):
        if isinstance(level, str):
            found[level] = place
        elif str(level) in levels:
            raise DataError(
                f"column '{name}' has both the number {level} and the text '{level}' among its "
                "categories, which an export cannot tell apart."
            )
    for place, level in enumerate(levels, start=1):
        for text in _spellings(str(level)):
            found.setdefault(text, place)
    return found


def _spellings(text: str) -> list[str]:
    if text.lower() not in ("true", "false"):
        return [text]
    return ["".join(letters) for letters in product(*((c.lower(), c.upper()) for c in text))]


COLUMNS: dict[str, Callable[[Any, str | None], list[Value]]] = {
    NumberEncoder.code: _number,
    DatetimeEncoder.code: _number,
    TimeEncoder.code: _number,
    PairEncoder.code: _pair,
    OneHotEncoder.code: _one_hot,
    IndexEncoder.code: _index,
    TextEncoder.code: _text,
    UnusedEncoder.code: _none,
    LeftOutEncoder.code: _none,
}
