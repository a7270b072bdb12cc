"""A drop-in estimator in a file: arguments, target, and what a later fit goes on from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.errors import ModelFileError
from chainrule.estimators.arguments import NONE, TEXT, either
from chainrule.estimators.contents.arguments import check_file_arguments
from chainrule.estimators.contents.classes import CLASS_ENTRIES, check_classes
from chainrule.estimators.mlp.arguments import RULES, dropout_rates, hidden_activations
from chainrule.estimators.mlp.record import COUNTS, NUMBERS, SERIES
from chainrule.files.entries import (
    check_entries,
    check_list,
    check_text,
    check_unique,
    is_number,
    number,
    one_of,
    or_none,
    refuse,
    whole,
)
from chainrule.spec import Activation, Dense, Dropout, NetworkSpec
from chainrule.table.encode.encoder import MAX_COLUMNS

_COUNT = whole(0, (1 << 53) - 1)


def check_drop_in(kind: str, spec: NetworkSpec, n_networks: int, extra: Mapping[str, Any]) -> None:
    """Raise `ModelFileError` or `SpecError` unless these are the entries of such an estimator."""
    if n_networks > 1:
        raise ModelFileError(f"a drop-in estimator is one network; the file holds {n_networks}.")
    rules = {**RULES, "metric": either(TEXT, NONE)}  # a function stays out of the file
    if kind == "mlp_classifier":
        del rules["loss"]
    check_entries(
        extra,
        "extra",
        {
            "arguments": lambda value, where: check_file_arguments(value, where, rules),
            "feature_names": or_none(_names_of(spec)),
            "target": _target_of(kind, spec),
            "series": _check_series,
            "counts": _check_counts,
            "numbers": _check_numbers,
            "learning_rate": or_none(number(0.0, above=True)),
        },
    )
    for placed in spec.walk:
        if not isinstance(placed.layer, Dense | Activation | Dropout):
            raise ModelFileError(f"a drop-in estimator has no {placed.layer.kind} layer.")
    arguments, n_hidden = extra["arguments"], spec.n_layers - 1
    hidden_activations(arguments.get("activation", "relu"), n_hidden)
    dropout_rates(arguments.get("dropout", 0.0), n_hidden)


def _names_of(spec: NetworkSpec) -> Any:
    def check(value: Any, where: str) -> None:
        if spec.n_features > MAX_COLUMNS:
            refuse(where, f"absent beside more than {MAX_COLUMNS} columns", value)
        check_list(value, where, check_text, spec.n_features, spec.n_features)
        check_unique(value, where)

    return check


def _target_of(kind: str, spec: NetworkSpec) -> Any:
    def check_labels(value: Any, where: str) -> None:
        check_entries(value, where, CLASS_ENTRIES)
        check_classes(value, where, 1)
        n = len(value["values"])
        outputs = n if value["multilabel"] or n > 2 else 1
        if outputs != spec.n_outputs:
            refuse(f"{where}.values", f"classes of {spec.n_outputs} outputs", value["values"])

    def check_count(value: Any, where: str) -> None:
        check_entries(value, where, {"n_targets": whole(spec.n_outputs, spec.n_outputs)})

    return check_labels if kind == "mlp_classifier" else check_count


def _check_series(value: Any, where: str) -> None:
    check_list(value, where, one_of(SERIES), 0, len(SERIES))
    check_unique(value, where)


def _check_counts(value: Any, where: str) -> None:
    first = dict.fromkeys(COUNTS[:2], _COUNT)
    check_entries(value, where, first, dict.fromkeys(COUNTS[2:], _COUNT))


def _check_numbers(value: Any, where: str) -> None:
    check_entries(value, where, {}, dict.fromkeys(NUMBERS, _check_number))


def _check_number(value: Any, where: str) -> None:
    """JSON has no NaN and no infinity; they are written as text."""
    if value is not None and not is_number(value) and value not in ("nan", "inf", "-inf"):
        refuse(where, "a number", value)
