"""Column encoders as JSON values, and back; a form that no fit could have written is refused."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.table.column import BOOLEAN, CATEGORY, DATETIME, MEASURED, TIME
from chainrule.table.encode.calendar import CYCLES
from chainrule.table.encode.category import IndexEncoder, OneHotEncoder, PairEncoder
from chainrule.table.encode.column_encoder import ColumnEncoder, UnusedEncoder
from chainrule.table.encode.datetime import DatetimeEncoder
from chainrule.table.encode.identifier import LeftOutEncoder
from chainrule.table.encode.number import NumberEncoder
from chainrule.table.encode.text import MAX_COMPONENTS, N_BUCKETS, TextEncoder, unpacked
from chainrule.table.encode.time_of_day import TimeEncoder
from chainrule.table.zones import is_zone_name

MAX_LEVELS = 10_000  # of a column
MAX_NAME = 4096  # characters of a column's name

# In the form, "code" says which encoder it is.
ENCODERS: dict[str, type[Any]] = {
    encoder.code: encoder
    for encoder in (
        NumberEncoder,
        DatetimeEncoder,
        TimeEncoder,
        PairEncoder,
        OneHotEncoder,
        IndexEncoder,
        TextEncoder,
        UnusedEncoder,
        LeftOutEncoder,
    )
}


def column_to_json(encoder: ColumnEncoder) -> dict[str, Any]:
    """Plain values; `column_from_json` gives back an equal encoder."""
    form = {"code": encoder.code, **dataclasses.asdict(encoder)}
    return {key: list(v) if isinstance(v, tuple) else v for key, v in form.items()}


def column_from_json(form: Mapping[str, Any]) -> ColumnEncoder:
    """Build a column encoder from its JSON form.

    Raises
    ------
    DataError
        Where the form is not one that a fitted encoder writes.
    """
    if not isinstance(form, dict):
        raise DataError("a column of the encoder is no description with a 'code'.")
    code = form.get("code")
    encoder = ENCODERS.get(code) if isinstance(code, str) else None
    if encoder is None:
        raise DataError(f"the encoder has a column of unknown code {str(code)[:40]!r}.")
    name = form.get("name")
    if not isinstance(name, str) or len(name) > MAX_NAME:
        raise DataError(f"a column of the encoder has no name of at most {MAX_NAME} characters.")
    what = f"the encoder's column {name[:40]!r}"
    fields = {key: tuple(v) if isinstance(v, list) else v for key, v in form.items()}
    del fields["code"]
    if set(fields) != {entry.name for entry in dataclasses.fields(encoder)}:
        raise DataError(f"{what} has unknown entries or lacks some.")
    for key, value in fields.items():
        if not _CHECKS[key](value):
            raise DataError(f"{what} has a wrong '{key}'.")
    if fields["kind"] not in _KINDS[encoder]:
        raise DataError(f"{what} is {fields['kind']}, which its encoder does not take.")
    if encoder is PairEncoder and not 1 <= len(fields["levels"]) <= 2:
        raise DataError(f"{what} must have one or two levels.")
    if encoder is OneHotEncoder and not (
        len(fields["levels"]) == len(fields["medians"]) == len(fields["factors"])
    ):
        raise DataError(f"{what} has lists of different lengths.")
    if encoder is TextEncoder and not (
        1 <= len(fields["directions"]) == len(fields["medians"]) == len(fields["factors"])
    ):
        raise DataError(f"{what} has lists of different lengths.")
    built: ColumnEncoder = encoder(**fields)
    return built


def _is_packed(value: Any) -> bool:
    """Whether it is a number for every bucket of a text, in base64."""
    if not isinstance(value, str) or len(value) != 4 * -(-4 * N_BUCKETS // 3):
        return False
    try:
        numbers = unpacked(value)
    except ValueError:
        return False
    return len(numbers) == N_BUCKETS and bool(np.isfinite(numbers).all())


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and -_LARGEST <= value <= _LARGEST


def _is_factor(value: Any) -> bool:
    return _is_number(value) and value >= 0


def _is_list(value: Any, is_one: Callable[[Any], bool], most: int) -> bool:
    return isinstance(value, tuple) and len(value) <= most and all(map(is_one, value))


def _is_level(value: Any) -> bool:
    return isinstance(value, str | bool) or _is_number(value)


def _is_levels(value: Any) -> bool:
    return _is_list(value, _is_level, MAX_LEVELS) and len(set(value)) == len(value) > 0


def _is_cycles(value: Any) -> bool:
    """In the order of the inputs, each at most once."""
    return isinstance(value, tuple) and value == tuple(name for name in CYCLES if name in value)


def _is_zone(value: Any) -> bool:
    return value is None or (isinstance(value, str) and is_zone_name(value))


_LARGEST = sys.float_info.max

_CHECKS: dict[str, Callable[[Any], bool]] = {
    "name": lambda value: isinstance(value, str),
    "kind": lambda value: isinstance(value, str) and value in (*MEASURED, BOOLEAN, CATEGORY),
    "levels": _is_levels,
    "medians": lambda value: _is_list(value, _is_number, MAX_LEVELS),
    "factors": lambda value: _is_list(value, _is_factor, MAX_LEVELS),
    "cycles": _is_cycles,
    "zone": _is_zone,
    "idf": _is_packed,
    "directions": lambda value: _is_list(value, _is_packed, MAX_COMPONENTS),
    **dict.fromkeys(("factor", "flag_factor"), _is_factor),
    **dict.fromkeys(("median", "flag_median", "other"), _is_number),
}

_LEVELS, _ANY = (BOOLEAN, CATEGORY), (*MEASURED, BOOLEAN, CATEGORY)
# The kinds of column that each encoder takes.
_KINDS: dict[type[Any], tuple[str, ...]] = {
    NumberEncoder: MEASURED,
    DatetimeEncoder: (DATETIME,),
    TimeEncoder: (TIME,),
    PairEncoder: _LEVELS,
    OneHotEncoder: _LEVELS,
    IndexEncoder: _LEVELS,
    TextEncoder: (CATEGORY,),
    UnusedEncoder: _ANY,
    LeftOutEncoder: _ANY,
}
