"""Scores beside the baseline, the answer that needs no network, as lines and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from chainrule.cli.output import Output, aligned, number, width

# Of one class: which one is said with them.
_OF_ONE_CLASS = ("average_precision", "f1", "precision", "recall")
# Left to the table of classes where there are more than two.
_OF_EACH_CLASS = ("average_precision", "precision", "recall")
_MOST_CLASSES = 12


def baseline_words(classes: Sequence[Any], baseline: Any) -> str:
    """The baseline's answer: the most frequent class, the mean or the quantiles."""
    if len(classes):
        return f"always {str(classes[int(np.argmax(baseline))])!r}"
    return "always " + ", ".join(map(number, np.atleast_1d(baseline).tolist()))


def score_rows(
    title: str, scores: Mapping[str, Any], words: str, classes: Sequence[Any] = ()
) -> list[Sequence[str]]:
    """A table of scores with their intervals beside the baseline's.

    Parameters
    ----------
    scores : mapping of metric to Score
    classes : sequence
        Of a classifier: of two the second is the one that is looked for.
    """
    rows: list[Sequence[str]] = [(title, "model", "90 % interval", words)]
    for name, score in scores.items():
        if len(classes) > 2 and name in _OF_EACH_CLASS:
            continue
        shown = f"{name} of {str(classes[1])!r}" if _of_one(name, classes) else name
        if len(classes) > 2 and name == "f1":
            shown = "f1, mean of classes"
        interval = f"{_short(score.low)} to {_short(score.high)}"
        rows.append((shown, _short(score.value), interval, _short(score.baseline)))
    return rows


def show_scores(
    out: Output, title: str, scores: Mapping[str, Any], words: str, classes: Sequence[Any] = ()
) -> None:
    """The table of `score_rows`."""
    out.result(*aligned(score_rows(title, scores, words, classes), right=(1, 2, 3)))


def show_classes(
    out: Output, evaluation: Any, classes: Sequence[Any], threshold: float | None = None
) -> None:
    """Precision, recall and F1 of each class, and which class is taken for which."""
    if len(classes) > _MOST_CLASSES:
        return
    found = evaluation.of_each_class(threshold=threshold)
    several = evaluation.truth.ndim > 1
    names = [str(label) for label in classes]
    counts = None if several else evaluation.confusion(threshold=threshold)
    head = ["class", "rows", "precision", "recall", "f1"]
    rows = [head]
    for k, name in enumerate(names):
        numbers = [f"{found[metric][k]:.4f}" for metric in head[2:]]
        rows.append([name, _count(found["rows"][k]), *numbers])
    taken = []
    if counts is not None and len(names) <= 5:
        taken = [[f"as {name}" for name in names]]
        taken += [[_count(count) for count in counts[k]] for k in range(len(names))]
    out.say("")
    if taken:
        both = [[*row, *more] for row, more in zip(rows, taken, strict=True)]
        if max(map(len, aligned(both))) <= width():
            out.table(both, right=range(1, len(both[0])))
            return
    out.table(rows, right=range(1, len(head)))
    if taken:
        out.say("")
        apart = [[row[0], *more] for row, more in zip(rows, taken, strict=True)]
        out.table(apart, right=range(1, len(apart[0])))


def say_wrapped(out: Output, text: str) -> None:
    """A sentence, in lines of at most 80 characters."""
    out.say(*textwrap.wrap(text, 78, initial_indent="  ", subsequent_indent="  "))


def document_of(
    scores: Mapping[str, Any], words: str, *, rows: str, how: str = ""
) -> dict[str, Any]:
    """The scores in a JSON document."""
    return {
        "rows": rows,
        "how": how,
        "model": {name: score.value for name, score in scores.items()},
        "intervals": {name: [score.low, score.high] for name, score in scores.items()},
        "baseline": {name: score.baseline for name, score in scores.items()},
        "baseline_answer": words,
    }


def score_of_folds(
    folds: Sequence[Mapping[str, Any]],
) -> tuple[list[Sequence[str]], dict[str, float]]:
    """A table of each metric's mean, spread and extremes over folds, and the means."""
    rows: list[Sequence[str]] = [("metric", "mean", "std", "lowest", "highest", "baseline")]
    means = {}
    for name in folds[0]:
        known = [fold[name] for fold in folds if name in fold]
        values = np.array([score.value for score in known])
        means[name] = float(values.mean())
        numbers = (values.mean(), values.std(), values.min(), values.max())
        baseline = float(np.mean([score.baseline for score in known]))
        rows.append((name, *(_short(float(x)) for x in numbers), _short(baseline)))
    return rows, means


def _of_one(name: str, classes: Sequence[Any]) -> bool:
    return len(classes) == 2 and name in _OF_ONE_CLASS


def _short(value: float) -> str:
    """Four decimals, or six digits where there are more before the point."""
    return f"{value:.4f}" if abs(value) < 100 else number(value)


def _count(mass: float) -> str:
    return f"{mass:,.0f}" if float(mass).is_integer() else f"{mass:,.1f}"
