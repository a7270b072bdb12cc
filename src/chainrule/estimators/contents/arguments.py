"""The arguments of an estimator in a file: known names, plain values, each by its rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.errors import ModelFileError
from chainrule.estimators.arguments import Rule, check_arguments, unit_counts
from chainrule.estimators.saved import arguments_from_json
from chainrule.files.entries import (
    MAX_NAME,
    check_list,
    check_text,
    is_number,
    number,
    or_none,
    refuse,
    whole,
)
from chainrule.spec.network import MAX_LAYERS
from chainrule.table.encode.encoder import MAX_COLUMNS


def check_file_arguments(form: Any, where: str, rules: Mapping[str, Rule]) -> None:
    """Raise `ModelFileError` or `SpecError` unless an estimator takes these arguments.

    Parameters
    ----------
    form : object
        As `arguments_to_json` writes it.
    rules : mapping
        Of the arguments that are single values; `OTHERS` are the rest.
    """
    if not isinstance(form, dict):
        refuse(where, "an object", form)
    for name, value in form.items():
        if name in _OTHERS:
            _OTHERS[name](value, f"{where}.{name}")
        elif name not in rules:
            raise ModelFileError(f"'{where}' of the file has an unknown entry {name[:40]!r}.")
        elif isinstance(value, list):
            refuse(f"{where}.{name}", "a single value", value)
        elif isinstance(value, str):
            check_text(value, f"{where}.{name}")
    check_arguments(rules, arguments_from_json(form))


def _check_plain(value: Any, where: str) -> None:
    if isinstance(value, str):
        check_text(value, where)
    elif value is not None and not isinstance(value, bool) and not is_number(value):
        refuse(where, "text, a number or true or false", value)


def _check_class_weight(value: Any, where: str) -> None:
    if value is None or value == "balanced":
        return
    if not isinstance(value, dict) or set(value) != {"pairs"}:
        refuse(where, "'balanced' or pairs of a class and a factor", value)
    check_list(value["pairs"], where, _check_pair, 0, MAX_COLUMNS)


def _check_pair(value: Any, where: str) -> None:
    if not isinstance(value, list) or len(value) != 2:
        refuse(where, "a class and a factor", value)
    _check_plain(value[0], where)
    number(0.0)(value[1], where)


def _check_columns(value: Any, where: str) -> None:
    """Names, places or a mask."""
    if isinstance(value, str) or value is None:
        _check_plain(value, where)
    else:
        check_list(value, where, _check_plain, 0, MAX_COLUMNS)


def _check_units(value: Any, where: str) -> None:
    if isinstance(value, list):
        check_list(value, where, _check_plain, 0, MAX_LAYERS)
    if value is not None:
        unit_counts(value)


def _check_one_or_each(value: Any, where: str) -> None:
    """One value for all layers, or a list of one for each."""
    if isinstance(value, list):
        check_list(value, where, _check_plain, 0, MAX_NAME)
    else:
        _check_plain(value, where)


def _check_folds(value: Any, where: str) -> None:
    """How many; a splitter stays out of the file."""
    or_none(whole(2, 1 << 31))(value, where)


# Arguments that may be lists, mappings or objects.
_OTHERS = {
    "class_weight": _check_class_weight,
    "categorical_features": _check_columns,
    "hidden_layer_sizes": _check_units,
    "activation": _check_one_or_each,
    "dropout": _check_one_or_each,
    "quantiles": _check_one_or_each,
    "cv": _check_folds,
}
OTHERS = frozenset(_OTHERS)
