"""What rows with known answers say of a model: scores, how sure they are, and the baseline's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chainrule.errors import SpecError
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.estimators.tabular.score_intervals import COVERAGE, Resampled
from chainrule.explain.render.box import box
from chainrule.metrics import OF_CLASSES, OF_LABELS, OF_NUMBERS, confusion, of_each_class
from chainrule.metrics.ratios import RATIOS, Ratio

Array = np.ndarray

_STEP = 1e-4  # of what answers sway with, for a slope


@dataclass(frozen=True)
class Score:
    """A metric of some rows.

    Attributes
    ----------
    value : float
    low, high : float
        Bounds of a bootstrap interval of coverage 0.9: how the value would change with other rows.
    baseline : float
        The same of one answer for all rows, that of the training rows without columns.
    """

    value: float
    low: float
    high: float
    baseline: float

    def to_json(self) -> list[float | None]:
        """[value, low, high, baseline], None for NaN.

        Returns
        -------
        list of float or None
        """
        numbers = (self.value, self.low, self.high, self.baseline)
        return [float(x) if np.isfinite(x) else None for x in numbers]

    @classmethod
    def from_json(cls, form: Any) -> Score:
        """The inverse of `to_json`.

        Parameters
        ----------
        form : list of float or None

        Returns
        -------
        Score
        """
        return cls(*(float("nan") if x is None else float(x) for x in form))


@dataclass(frozen=True)
class Sway:
    """A number that answers depend on and that the scored rows told, as in `unseen`.

    Attributes
    ----------
    slope : ndarray
        Of the answers by it, in their shape.
    pull : ndarray, shape (n,)
        It moves by the weighted mean of these where the weights of rows change.
    """

    slope: Array
    pull: Array


@dataclass(frozen=True)
class Evaluation:
    """Rows with their truth and a model's answers to them.

    As `validation_` the rows are those held out of training, each answered by what was chosen
    without it.

    Attributes
    ----------
    how : str
        In one sentence.
    rows : ndarray of int64, or None
        Their places in the table given to `fit`; None where the rows are those of an `eval_set`.
    truth : ndarray
        The target of those rows.
    answers : ndarray
        Probabilities (n, n_classes) or numbers, as `predict_proba` and `predict` give them.
    weights : ndarray, shape (n,), or None
        `sample_weight`.
    clusters : ndarray of int, shape (n,), or None
        Rows that belong together; an interval knows that they are not independent.
    baseline : ndarray
        The answer that needs no columns: frequencies of the classes, the mean or the quantiles.
    target : ClassTarget or NumberTarget
        What the model knows of y.
    sway : Sway or None
        How a bag's answers to rows that some of its networks know depend on these rows.
    overlap : float
        Scored rows per row that a network trained on (see `score_intervals`).
    """

    how: str
    rows: Array | None
    truth: Array
    answers: Array
    weights: Array | None
    clusters: Array | None
    baseline: Array
    target: ClassTarget | NumberTarget = field(repr=False)
    sway: Sway | None = field(default=None, repr=False)
    overlap: float = 0.0

    @property
    def n_rows(self) -> int:
        """How many rows are scored."""
        return len(self.truth)

    @property
    def scored_truth(self) -> Array:
        """The truth as metrics take it: indices of classes, 0 and 1 of labels, or the numbers."""
        return self.target.scored_truth(self.truth)

    def scores(self, *, threshold: float | None = None) -> dict[str, Score]:
        """Metric -> its score, in the order in which they are shown; those that are not defined
        on these rows are left out.

        Parameters
        ----------
        threshold : float, optional
            Of two classes the second is answered where its probability is at least this. Default:
            the more probable one.

        Returns
        -------
        dict of str to Score
        """
        drawn = self._drawn()
        found = {}
        for name in self.target.shown_metrics:
            score = self._score(name, threshold, drawn)
            if score is not None:
                found[name] = score
        return found

    def _repr_html_(self) -> str:
        """The scores, each with its interval and the baseline's."""
        from chainrule.report.shown import scores_html, task_words

        shown = scores_html(self.scores(), self.how, self.target.output_names, self.baseline)
        task = task_words(self.target.loss, self.target.n_outputs)
        return box(f"{task}, {self.n_rows:,} rows", shown)

    def score(self, metric: str) -> Score | None:
        """The score of one metric, as in `scores`; None where it is not defined on these rows.

        Parameters
        ----------
        metric : str
            As in `scores`, such as "auc".

        Returns
        -------
        Score or None

        Raises
        ------
        SpecError
            For a metric that these rows are not scored by.
        """
        shown = self.target.shown_metrics
        if metric not in shown:
            raise SpecError(f"there is no metric {metric!r} here; there are {', '.join(shown)}.")
        return self._score(metric, None, self._drawn())

    def _drawn(self) -> Resampled:
        return Resampled(len(self.truth), self.weights, self.clusters, self.overlap)

    def _score(self, name: str, threshold: float | None, drawn: Resampled) -> Score | None:
        weightless = self.weights is not None and not self.weights.any()
        if weightless or not np.isfinite(self.answers).all():  # an expected count of e^800
            return None
        truth, metric = self.scored_truth, self.target.shown_metrics[name]
        same = np.broadcast_to(self.baseline, self.answers.shape).astype(np.float64)
        at = threshold if name in OF_LABELS else None
        with np.errstate(all="ignore"):
            value = metric(truth, _decided(self.answers, at), self.weights)
            constant = metric(truth, _decided(same, at), self.weights)
            if not np.isfinite(value):
                return None
            low, high = self._bounds(name, value, metric, truth, at, drawn)
        if name == "accuracy" and value == 1.0:  # no row says how often one is wrong
            low = (0.5 - 0.5 * COVERAGE) ** (1.0 / drawn.n_units)
        return Score(value, low, high, constant)

    def _bounds(
        self,
        name: str,
        value: float,
        metric: Callable[..., float],
        truth: Array,
        threshold: float | None,
        drawn: Resampled,
    ) -> tuple[float, float]:
        ratio = RATIOS.get(name)
        if ratio is not None and not (name in OF_NUMBERS and self.answers.size > len(truth)):
            low, high = sorted(map(ratio.of, drawn.of_ratio(*self._terms(ratio, truth))))
        else:
            low, high = drawn.of_any(
                lambda mass: metric(truth, _decided(self._swayed(mass), threshold), mass)
            )
        return float(np.fmin(low, value)), float(np.fmax(high, value))

    def _terms(self, ratio: Ratio, truth: Array) -> tuple[Array, Array]:
        """Those of the rows, with what each does to the answers of all."""
        u, v = ratio.terms(truth, self.answers, self.weights)
        if self.sway is None:
            return u, v
        answers = self.answers + _STEP * self.sway.slope
        steps = ratio.terms(truth, answers, self.weights)[0] - u
        return u + self.sway.pull * np.average(steps, weights=self.weights) / _STEP, v

    def _swayed(self, mass: Array) -> Array:
        """The answers, had rows these weights."""
        if self.sway is None:
            return self.answers
        moved = np.average(self.sway.pull, weights=mass) * self.sway.slope
        if self.target.loss.name != "poisson":
            return np.asarray(self.answers + moved)
        # An expected count stays above 0 wherever a straight line leads: a e^(d / a).
        share = np.divide(moved, self.answers, out=np.zeros_like(moved), where=self.answers > 0)
        return np.asarray(self.answers * np.exp(share))

    def of_each_class(self, *, threshold: float | None = None) -> dict[str, Array]:
        """Precision, recall, F1 and rows of each class, or label; `ClassTarget` only.

        Parameters
        ----------
        threshold : float, optional
            Of two classes the second is answered where its probability is at least this. Default:
            the more probable one.

        Returns
        -------
        dict of str to ndarray (n_classes,)
            "precision", "recall", "f1" and "rows".
        """
        answers = _decided(self.answers, threshold)
        return of_each_class(self.scored_truth, answers, self.weights)

    def confusion(self, *, threshold: float | None = None) -> Array:
        """Rows of class i answered as class j, (n_classes, n_classes); one label a row only.

        Parameters
        ----------
        threshold : float, optional
            Of two classes the second is answered where its probability is at least this. Default:
            the more probable one.

        Returns
        -------
        ndarray (n_classes, n_classes)
            Counts, or sums of weights.
        """
        answers = _decided(self.answers, threshold)
        return confusion(self.scored_truth, answers, self.weights)


def shown_place(name: str) -> int:
    """Where a metric stands among those that are shown; files sort names."""
    order = [*OF_CLASSES, *OF_NUMBERS]
    return order.index(name) if name in order else -1


def _decided(answers: Array, threshold: float | None) -> Array:
    return answers if threshold is None else at_threshold(answers, threshold)


def at_threshold(proba: Array, threshold: float) -> Array:
    """Certain answers: the second of two classes where its probability is at least this."""
    p = proba[:, 1]
    positive = np.where(p >= threshold, 1.0, 0.0)
    return np.column_stack([1.0 - positive, positive])
