"""A model of a table in a file: encoder, networks and target, and how they go together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.errors import ModelFileError
from chainrule.estimators.contents.arguments import check_file_arguments
from chainrule.estimators.contents.classes import CLASS_ENTRIES, check_classes
from chainrule.estimators.contents.evidence import EVIDENCE, evidence_checks
from chainrule.estimators.contents.numbers import check_number_target
from chainrule.estimators.tabular.arguments import RULES
from chainrule.estimators.tabular.calibration import LOG_RANGE
from chainrule.files.entries import (
    check_entries,
    check_list,
    check_text,
    check_unique,
    number,
    or_none,
    refuse,
)
from chainrule.spec import CategoryEmbedding, Loss, NetworkSpec, PeriodicEmbedding
from chainrule.table.encode.encoder import MAX_COLUMNS, Encoder

_ENTRIES = ("arguments", "encoder", "feature_names", "target")
# exp of what the calibration searches, with room for its rounding.
_LOWEST, _HIGHEST = 2.718281828459045 ** -(LOG_RANGE + 1), 2.718281828459045 ** (LOG_RANGE + 1)


def check_table_model(
    kind: str, spec: NetworkSpec, n_networks: int, extra: Mapping[str, Any]
) -> None:
    """Raise `ModelFileError`, `SpecError` or `DataError` unless these are the entries of such a
    model."""
    evidence = dict.fromkeys(EVIDENCE, _anything)
    check_entries(extra, "extra", dict.fromkeys(_ENTRIES, _anything), evidence)
    check_file_arguments(extra["arguments"], "extra.arguments", RULES)
    encoder = Encoder.from_json(extra["encoder"])
    _check_inputs(spec, encoder)
    for name, check in evidence_checks(encoder.n_numbers, spec.n_outputs).items():
        if name in extra:
            check(extra[name], f"extra.{name}")
    _check_names(extra["feature_names"], encoder)
    if kind == "tabular_classifier":
        _check_class_target(extra["target"], spec, n_networks)
    else:
        check_number_target(extra["target"], spec, n_networks)


def _anything(value: Any, where: str) -> None:
    """Checked further below."""


def _check_names(names: Any, encoder: Encoder) -> None:
    """Unless the table had no names of its own, those of the encoder's columns."""
    or_none(_check_list_of_names)(names, "extra.feature_names")
    if names is not None and names != [column.name for column in encoder.columns]:
        refuse("extra.feature_names", "the names of the encoder's columns", names)


def _check_list_of_names(names: Any, where: str) -> None:
    check_list(names, where, check_text, 1, MAX_COLUMNS)
    check_unique(names, where)


def _check_inputs(spec: NetworkSpec, encoder: Encoder) -> None:
    levels: tuple[int, ...] = ()
    numbers = encoder.n_numbers
    for placed in spec.walk:
        if isinstance(placed.layer, CategoryEmbedding):
            levels = placed.layer.levels
        elif isinstance(placed.layer, PeriodicEmbedding):
            numbers = placed.n_in
    found = (spec.n_features, numbers, levels)
    if found != (encoder.n_inputs, encoder.n_numbers, encoder.level_counts):
        raise ModelFileError(
            f"the model's network does not fit its encoder, which makes {encoder.n_inputs} inputs, "
            f"{encoder.n_numbers} of them numbers; the network takes {spec.n_features}."
        )


def _check_class_target(form: Any, spec: NetworkSpec, n_networks: int) -> None:
    where = "extra.target"
    n = spec.n_outputs
    many = "betas" in form if isinstance(form, dict) else True
    beta = number(_LOWEST, _HIGHEST)

    def check_betas(value: Any, where: str) -> None:
        check_list(value, where, beta, 1, n_networks)
        if len(value) not in (1, n_networks):
            refuse(where, f"a list of 1 or {n_networks} entries", value)

    def check_factors(value: Any, where: str) -> None:
        check_list(value, where, number(0.0), n, n)

    check_entries(
        form,
        where,
        {
            "labels": lambda value, where: check_entries(value, where, CLASS_ENTRIES),
            "factors": or_none(check_factors),
            **({"betas": check_betas} if many else {"beta": beta}),  # as the first models wrote
        },
    )
    labels = form["labels"]
    check_classes(labels, f"{where}.labels", 1 if labels["multilabel"] else 2)
    if len(labels["values"]) != n:
        refuse(f"{where}.labels.values", f"a list of {n} entries, one an output", labels["values"])
    if labels["multilabel"] and form["factors"] is not None:
        refuse(f"{where}.factors", "nothing beside several labels", form["factors"])
    if form["factors"] is not None and not any(form["factors"]):
        refuse(f"{where}.factors", "above 0 for one class", form["factors"])
    if spec.loss != Loss("binary_cross_entropy" if labels["multilabel"] else "cross_entropy"):
        raise ModelFileError(f"the model's classes do not go with the loss {spec.loss.name}.")
