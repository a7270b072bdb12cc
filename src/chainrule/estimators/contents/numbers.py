"""The target of a regressor in a file: scale, range, loss and errors of held-out rows."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from chainrule.errors import ModelFileError
from chainrule.estimators.tabular.intervals import MAX_ERRORS, MAX_ERRORS_IN_ALL
from chainrule.estimators.tabular.number_target import LOSSES
from chainrule.files.entries import (
    Check,
    check_entries,
    check_list,
    check_switch,
    number,
    or_none,
    refuse,
)
from chainrule.spec import Loss, NetworkSpec

_ENTRIES = ("low", "high", "errors")


def check_number_target(form: Any, spec: NetworkSpec, n_networks: int) -> None:
    """Raise `ModelFileError` or `SpecError` unless this is the target of such networks."""
    where = "extra.target"
    quantiles = len(spec.loss.quantiles)
    if spec.loss.name not in LOSSES:
        raise ModelFileError(f"a regressor has no loss {spec.loss.name}.")
    k = 1 if quantiles else spec.n_outputs  # columns of y

    def columns(check: Check) -> Check:
        return lambda value, where: check_list(value, where, check, k, k)

    def check_scale(value: Any, where: str) -> None:
        check_entries(
            value, where, {"mean": columns(number()), "std": columns(number(0.0, above=True))}
        )

    def check_loss(value: Any, where: str) -> None:
        named = isinstance(value, str) and value == spec.loss.name and spec.loss == Loss(value)
        if not named and (isinstance(value, str) or Loss.from_json(value) != spec.loss):
            refuse(where, "the loss of the model's network", value)

    def check_errors(value: Any, where: str) -> None:
        most = min(MAX_ERRORS, MAX_ERRORS_IN_ALL // (n_networks * spec.n_outputs) or 1)
        check_list(value, where, _rows_of_errors(spec.n_outputs, most), 0, n_networks)
        if len(value) not in (0, 1, n_networks):
            refuse(where, f"a list of 0, 1 or {n_networks} entries", value)

    old = isinstance(form, dict) and isinstance(form.get("loss"), str)  # as the first models wrote
    is_count = spec.loss.name == "poisson"
    lowest = number(0.0, above=True) if is_count else or_none(number())
    checks = {
        "low": columns(lowest),
        "high": columns(or_none(number(0.0) if is_count else number())),  # None: no limit
        "errors": check_errors,
    }
    check_entries(
        form,
        where,
        {
            "scale": check_scale,
            "vector": check_switch,
            "loss": check_loss,
            **({} if old else checks),
        },
    )
    if form["vector"] and k > 1:
        refuse(f"{where}.vector", f"false where y has {k} columns", True)
    limits = [] if old else zip(form["low"], form["high"], strict=True)
    if any(None not in pair and pair[0] > pair[1] for pair in limits):
        refuse(f"{where}.low", "at most 'high'", form["low"])


def _rows_of_errors(n_outputs: int, most: int) -> Check:
    """A list of rows, one number an output, ascending by column."""

    def check(value: Any, where: str) -> None:
        check_list(value, where, check_row, 1, most)
        for before, after in pairwise(value):
            if any(low > high for low, high in zip(before, after, strict=True)):
                refuse(where, "ascending by column", value)

    def check_row(value: Any, where: str) -> None:
        check_list(value, where, number(), n_outputs, n_outputs)

    return check
