"""What a file tells of its training rows: scores, the baseline, ranges, hashes of rows."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from chainrule.estimators.tabular.trained_rows import KEPT
from chainrule.files.entries import (
    Check,
    check_entries,
    check_list,
    check_text,
    number,
    or_none,
    refuse,
)

EVIDENCE = ("scores", "baseline", "ranges", "trained_rows")
_MAX_SCORES = 64


def evidence_checks(n_numbers: int, n_answers: int) -> Mapping[str, Check]:
    """The check of each of the entries, none of which need be there.

    Parameters
    ----------
    n_numbers : int
        Inputs that are numbers.
    n_answers : int
        Numbers of the baseline's answer: classes, quantiles or targets.
    """

    def check_baseline(value: Any, where: str) -> None:
        if isinstance(value, list) or n_answers > 1:
            check_list(value, where, number(), n_answers, n_answers)
        else:
            number()(value, where)

    def check_ranges(value: Any, where: str) -> None:
        check_list(value, where, _numbers(n_numbers), 2, 2)
        for low, high in zip(*value, strict=True):
            if low > high:
                refuse(where, "least numbers and largest ones", value)

    return {
        "scores": _check_scores,
        "baseline": check_baseline,
        "ranges": check_ranges,
        "trained_rows": _check_trained_rows,
    }


def _numbers(count: int) -> Check:
    return lambda value, where: check_list(value, where, number(), count, count)


def _check_scores(value: Any, where: str) -> None:
    def check_all(value: Any, where: str) -> None:
        if not isinstance(value, dict) or not 1 <= len(value) <= _MAX_SCORES:
            refuse(where, f"an object of 1 to {_MAX_SCORES} scores", value)
        for name, score in value.items():
            check_text(name, where)
            check_list(score, f"{where}.{name}", or_none(number()), 4, 4)

    check_entries(value, where, {"how": check_text, "of": check_all})


def _check_trained_rows(value: Any, where: str) -> None:
    check_entries(value, where, {"hashes": _check_hashes, "twins": number(0.0, 1.0)})


def _check_hashes(value: Any, where: str) -> None:
    """64 bits each in base64, ascending."""
    try:
        raw = base64.b64decode(value, validate=True) if isinstance(value, str) else b"?"
    except ValueError:
        raw = b"?"
    if len(raw) % 8 or len(raw) > 8 * KEPT:
        refuse(where, f"at most {KEPT} hashes of 64 bits in base64", value)
    hashes = np.frombuffer(raw, "<u8")
    if (hashes[1:] <= hashes[:-1]).any():
        refuse(where, "ascending", value)
