"""Column encoders as JSON values, and back; a form that no fit could have written is refused."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.table.column import BOOLEAN, CATEGORY, MEASURED
from chainrule.table.encode.calendar import CYCLES
from chainrule.table.encode.category import IndexEncoder, OneHotEncoder, PairEncoder
from chainrule.table.encode.column_encoder import ColumnEncoder, UnusedEncoder
from chainrule.table.encode.datetime import DatetimeEncoder
from chainrule.table.encode.identifier import LeftOutEncoder
from chainrule.table.encode.number import NumberEncoder
from chainrule.table.encode.text import N_BUCKETS, TextEncoder, unpacked
from chainrule.table.encode.time_of_day import TimeEncoder
from chainrule.table.zones import is_zone_name

# In the form, "code" says which encoder it is.
_ENCODERS: dict[str, type[Any]] = {
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
    encoder = _ENCODERS.get(str(form.get("code")))
    if encoder is None:
        raise DataError(f"the encoder has a column of unknown code {form.get('code')!r}.")
    what = f"the encoder's column {form.get('name')!r}"
    fields = {key: tuple(v) if isinstance(v, list) else v for key, v in form.items()}
    del fields["code"]
    if set(fields) != {entry.name for entry in dataclasses.fields(encoder)}:
        raise DataError(f"{what} has unknown entries or lacks some.")
    for key, value in fields.items():
        if not _CHECKS[key](value):
            raise DataError(f"{what} has a wrong '{key}'.")
    if encoder is PairEncoder and not 1 <= len(fields["levels"]) <= 2:
        raise DataError(f"{what} must have one or two levels.")
    if encoder is OneHotEncoder and not (
        len(fields["levels"]) == len(fields["medians"]) == len(fields["factors"])
    ):
        raise DataError(f"{what} has lists of different lengths.")
    if encoder is TextEncoder:
        _check_text(what, fields)
    built: ColumnEncoder = encoder(**fields)
    return built


def _check_text(what: str, fields: Mapping[str, Any]) -> None:
    n_inputs = len(fields["medians"])
    sizes = {"idf": N_BUCKETS, "directions": N_BUCKETS * n_inputs}
    if not (1 <= n_inputs == len(fields["factors"])):
        raise DataError(f"{what} has lists of different lengths.")
    for key, size in sizes.items():
        if len(fields[key]) != 4 * -(-4 * size // 3):
            raise DataError(f"{what} has a wrong '{key}'.")
        try:
            is_right = len(values := unpacked(fields[key])) == size and np.isfinite(values).all()
        except ValueError:
            is_right = False
        if not is_right:
            raise DataError(f"{what} has a wrong '{key}'.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_numbers(value: Any) -> bool:
    return isinstance(value, tuple) and all(map(_is_number, value))


def _is_levels(value: Any) -> bool:
    plain = isinstance(value, tuple) and all(isinstance(v, str | bool | int | float) for v in value)
    return plain and len(set(value)) == len(value) > 0


def _is_cycles(value: Any) -> bool:
    """In the order of the inputs, each at most once."""
    return isinstance(value, tuple) and value == tuple(name for name in CYCLES if name in value)


def _is_zone(value: Any) -> bool:
    return value is None or (isinstance(value, str) and is_zone_name(value))


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "name": lambda value: isinstance(value, str),
    "kind": lambda value: isinstance(value, str) and value in (*MEASURED, BOOLEAN, CATEGORY),
    "levels": _is_levels,
    "medians": _is_numbers,
    "factors": _is_numbers,
    "cycles": _is_cycles,
    "zone": _is_zone,
    "idf": lambda value: isinstance(value, str),
    "directions": lambda value: isinstance(value, str),
    **dict.fromkeys(("median", "factor", "flag_median", "flag_factor", "other"), _is_number),
}
