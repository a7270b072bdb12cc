"""`--threshold`: a probability, what a missed row costs, or the metric that is to be largest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainrule.errors import DataError

if TYPE_CHECKING:
    from chainrule.estimators.tabular.evaluation import Evaluation
    from chainrule.estimators.tabular.threshold import BestThreshold

Threshold = Annotated[
    str | None,
    typer.Option(
        metavar="P",
        help="Of two classes answer the second from this probability on; or cost=5, where missing "
        "one costs 5 false alarms.",
    ),
]
ScoredThreshold = Annotated[
    str | None,
    typer.Option(
        "--threshold",
        metavar="P",
        help="Of two classes answer the second from this probability on; cost=5, where missing "
        "one costs 5 false alarms; or f1, balanced_accuracy: where that is largest.",
    ),
]


def check_two_classes(classes: list[Any]) -> None:
    """Raise `DataError` where there is nothing that a threshold could part."""
    if len(classes) != 2:
        what = f"{len(classes)} classes" if classes else "numbers"
        raise DataError(
            f"--threshold is for models of two classes; this one predicts {what}.", "Leave it out."
        )


def threshold_of(text: str) -> float | str:
    """The probability, or the metric that is to choose it.

    Raises
    ------
    DataError
        For what is none of them.
    """
    from chainrule.estimators.tabular.threshold import METRICS, threshold_of_cost

    if text in METRICS:
        return text
    word, mark, number = text.rpartition("=")
    try:
        value = float(number)
    except ValueError:
        value = float("nan")
    if mark and word == "cost" and 0 < value < float("inf"):
        return threshold_of_cost(value)
    if not mark and 0 <= value <= 1:
        return value
    raise DataError(
        f"--threshold takes a probability from 0 to 1, cost=R or {', '.join(METRICS)}, found "
        f"{text!r}.",
        "Say for example --threshold 0.3, or --threshold cost=5.",
    )


def chosen_threshold(evaluation: Evaluation, text: str) -> tuple[float, BestThreshold | None]:
    """The probability, and how it was found where these rows chose it."""
    from chainrule.estimators.tabular.threshold import best_threshold

    said = threshold_of(text)
    if not isinstance(said, str):
        return said, None
    found = best_threshold(evaluation, said)
    return found.value, found
