"""The classes of a classifier in a file."""

from __future__ import annotations

from typing import Any

from chainrule.errors import ModelFileError
from chainrule.estimators.saved import CLASS_TYPES, classes_from_json
from chainrule.files.canonical import MAX_STRING
from chainrule.files.entries import (
    check_list,
    check_switch,
    check_unique,
    is_number,
    one_of,
    refuse,
)

MAX_CLASSES = 1 << 16
_MOST_CHARACTERS = 1 << 22  # of all names, each taken as long as the longest: NumPy stores them so


def check_classes(form: Any, where: str, low: int) -> None:
    """Raise `ModelFileError` unless these are classes as `classes_to_json` writes them, ascending
    and each once, at least `low` of them; or the numbers of the columns of several labels."""
    values = form["values"]
    kind = _kind(form["dtype"])
    check_list(values, f"{where}.values", _CHECKS[kind], low, MAX_CLASSES)
    longest = max((len(value) for value in values if isinstance(value, str)), default=0)
    if kind == "str" and longest * len(values) > _MOST_CHARACTERS:
        raise ModelFileError(
            f"'{where}.values' of the model's description holds {len(values)} classes of up to "
            f"{longest} characters, more than a model file holds together."
        )
    if kind == "object" and len({isinstance(value, str) for value in values}) > 1:
        refuse(f"{where}.values", "all text or all numbers", values)
    found = classes_from_json(form).tolist()
    check_unique(found, f"{where}.values")
    if found != sorted(found):
        refuse(f"{where}.values", "in ascending order", values)
    if form["multilabel"] and found != list(range(len(found))):
        refuse(f"{where}.values", "the numbers of the labels, 0, 1, ...", values)


CLASS_ENTRIES = {
    "dtype": one_of(CLASS_TYPES),
    "values": lambda value, where: check_list(value, where, _check_any, 1, MAX_CLASSES),
    "multilabel": check_switch,
}


def _check_any(value: Any, where: str) -> None:
    if not isinstance(value, str | bool) and not is_number(value):
        refuse(where, "text, a number or true or false", value)


def _check_label(value: Any, where: str) -> None:
    if not isinstance(value, str) or len(value) > MAX_STRING:
        refuse(where, f"text of at most {MAX_STRING} characters", value)


def _check_whole(value: Any, where: str) -> None:
    digits = isinstance(value, str) and value.isascii() and value.removeprefix("-").isdigit()
    if not (digits and len(value) <= 20) and type(value) is not int:
        refuse(where, "a whole number", value)


def _check_number(value: Any, where: str) -> None:
    if not is_number(value):
        refuse(where, "a finite number", value)


_CHECKS = {
    "str": _check_label,
    "object": _check_any,
    "bool": check_switch,
    "float": _check_number,
    "int": _check_whole,
}


def _kind(dtype: str) -> str:
    return dtype.removeprefix("u").rstrip("0123456789") if dtype != "str" else dtype
