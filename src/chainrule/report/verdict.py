"""The verdict: is the model better than one answer for all rows, and how sure is that?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from chainrule.explain.notation.numbers import format_number
from chainrule.metrics import OF_CLASSES, OF_NUMBERS
from chainrule.report.contents import Scored, ScoreTable, Verdict
from chainrule.report.model import Score
from chainrule.spec import LOSSES

_LABELS = {
    "auc": "ROC area (auc)",
    "log_loss": "log-loss",
    "brier": "Brier score",
    "rmse": "root mean square error (rmse)",
    "r2": "R²",
    "mae": "mean absolute error (mae)",
    "mape": "mean relative error (mape)",
    "f1": "F1",
}
_OF_ONE_CLASS = ("average_precision", "f1", "precision", "recall")
_OF_SHARES = ("accuracy", "balanced_accuracy", "precision", "recall", "mape")


def verdict_of(
    seen: Mapping[str, Score],
    unseen: Mapping[str, Score],
    how: str,
    *,
    n_rows: int,
    n_known: int,
    classes: Sequence[str],
    baseline: np.ndarray,
) -> Verdict:
    """From the scores of the rows given, and of those held out of training.

    Parameters
    ----------
    seen : mapping of metric to Score
        Of the rows given.
    unseen : mapping of metric to Score
        Of the rows held out of training; empty where there were none.
    how : str
        How the held-out rows were answered.
    n_rows, n_known : int
        Rows given, and about how many of them training has seen.
    classes : sequence of str
        Of a classifier.
    baseline : ndarray
        The answer that needs no columns.
    """
    given = ScoreTable(f"the {n_rows:,} rows given", "", _scored(seen, classes))
    tables = [given] if given.scores else []
    if unseen:
        held = ScoreTable("rows held out of training", how, _scored(unseen, classes))
        tables.insert(0 if n_known else len(tables), held)
    words = _baseline_words(classes, baseline)
    level, sentence, remarks = _judged(tables[0], words) if tables else _UNKNOWN
    return Verdict(
        level=level,
        sentence=sentence,
        remarks=tuple(remarks),
        warning=_warning(n_rows, n_known, bool(unseen)),
        baseline=words,
        tables=tuple(tables),
    )


_UNKNOWN: tuple[str, str, Sequence[str]] = ("unclear", "No metric is defined on these rows.", ())


def better(name: str, value: float, other: float) -> bool:
    """Whether a metric's value is better than another; of none that is known, lower is."""
    known = {**OF_CLASSES, **OF_NUMBERS}
    greater = name in known and known[name].greater_is_better
    return value > other if greater else value < other


def figure(name: str, value: float, digits: int = 4) -> str:
    """A metric's value: shares in percent, others with four significant digits."""
    if name in _OF_SHARES and np.isfinite(value):
        return f"{100 * value:.1f} %"
    return format_number(value, digits)


def _scored(scores: Mapping[str, Score], classes: Sequence[str]) -> tuple[Scored, ...]:
    return tuple(
        Scored(name, _label(name, classes), s.value, s.low, s.high, s.baseline)
        for name, s in scores.items()
    )


def _label(name: str, classes: Sequence[str]) -> str:
    usual = f"{name} loss" if name in LOSSES else name
    label = _LABELS.get(name, usual.replace("_", " "))
    if name in _OF_ONE_CLASS and len(classes) == 2:
        return f"{label} of {classes[1]!r}"
    return f"{label}, mean of classes" if name in _OF_ONE_CLASS and len(classes) > 2 else label


def _judged(table: ScoreTable, baseline: str) -> tuple[str, str, Sequence[str]]:
    """(level, sentence, remarks) by the first metric."""
    first, *others = table.scores
    level = _level(first)
    words = {"better": "better than", "worse": "worse than", "unclear": "not clearly better than"}
    other = figure(first.name, first.baseline)
    if first.name == "accuracy":
        numbers = f"it is right in {_in_interval(first)}; one answer for all in {other}"
    else:
        numbers = f"its {first.label} is {_in_interval(first)}; that of one answer for all {other}"
    sentence = f"On {table.rows} the model is {words[level]} answering {baseline}: {numbers}."
    remarks = []
    by_proba = next((one for one in others if one.name in ("log_loss", "r2")), None)
    if by_proba is not None:
        verb = {"better": "", "worse": "worse", "unclear": "no clear gain"}[_level(by_proba)]
        remark = (
            f"{by_proba.label[:1].upper()}{by_proba.label[1:]} is {_in_interval(by_proba)}, "
            f"that of one answer for all {figure(by_proba.name, by_proba.baseline)}"
        )
        remarks.append(f"{remark}{': ' if verb else ''}{verb}.")
    return level, sentence, remarks


def bounds(score: Scored) -> str:
    """The interval: "0.012 to 0.03", "97.6 to 99.9 %"."""
    low, high = (figure(score.name, value, 3) for value in (score.low, score.high))
    return f"{low.removesuffix(' %')} to {high}"


def _in_interval(score: Scored) -> str:
    return f"{figure(score.name, score.value)} (90 % interval {bounds(score)})"


def _level(score: Scored) -> str:
    """Better or worse where the baseline lies outside of the interval."""
    worst, best = score.low, score.high
    if not better(score.name, best, worst):
        worst, best = best, worst
    if better(score.name, worst, score.baseline):
        return "better"
    return "worse" if better(score.name, score.baseline, best) else "unclear"


def _baseline_words(classes: Sequence[str], baseline: np.ndarray) -> str:
    """The baseline's answer: the most frequent class, the mean or the quantiles."""
    if classes and np.ndim(baseline) == 1 and len(baseline) == len(classes):
        return f"always {classes[int(np.argmax(baseline))]!r}"
    shown = [format_number(value) for value in np.ravel(baseline).tolist()]
    return "always " + ", ".join(shown[:5]) + (", ..." if len(shown) > 5 else "")


def _warning(n_rows: int, n_known: int, has_unseen: bool) -> str:
    if not n_known:
        return ""
    rows = "These rows" if n_known == n_rows else f"About {n_known:,} of these {n_rows:,} rows"
    instead = (
        "so the verdict is that of the rows held out of training."
        if has_unseen
        else "and no rows were held out of training: give rows that the model has not seen."
    )
    return f"{rows} were used in training. What follows about them promises too much, {instead}"
