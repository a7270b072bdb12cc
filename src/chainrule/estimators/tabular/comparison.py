"""Comparison: this library's networks beside other kinds of models, on rows that none had seen."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.errors import DataNotice, SpecError
from chainrule.estimators.tabular.arrangement import Arrangement
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.classifier import TabularClassifier
from chainrule.estimators.tabular.evaluation import Evaluation, Score
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.estimators.tabular.peers import PEERS
from chainrule.estimators.tabular.regressor import TabularRegressor
from chainrule.estimators.tabular.score_intervals import Resampled
from chainrule.explain.render.box import box
from chainrule.explain.render.markup import name, table, text
from chainrule.table.frame import as_table
from chainrule.table.read import FileTable

_FLOOR = 1e-15  # below which a probability counts as this


@dataclass(frozen=True)
class Compared:
    """One kind of model.

    Attributes
    ----------
    name : str
    scores : dict of str to Score
        Of all held-out rows together.
    losses : ndarray (n_rows,)
        Log-loss, or squared error, of each of them.
    seconds : float
        Of training, all folds together.
    """

    name: str
    scores: dict[str, Score]
    losses: np.ndarray
    seconds: float


@dataclass(frozen=True)
class Comparison:
    """Several kinds of models on the same held-out rows, the best first.

    Attributes
    ----------
    models : tuple of Compared
    metric : str
        By which they are ordered: "log_loss" or "rmse".
    n_rows, n_folds : int
    clusters : ndarray or None
        Groups of rows, or quarters of their time.
    """

    models: tuple[Compared, ...]
    metric: str
    n_rows: int
    n_folds: int
    clusters: np.ndarray | None

    def difference(self, one: str, other: str) -> tuple[float, float, float]:
        """How much larger the mean loss (log-loss, squared error) of `other` is than that of `one`,
        and the bounds of its 90 % interval, row by row on the same rows.

        Parameters
        ----------
        one : str
            The name of a model.
        other : str
            That of another.

        Returns
        -------
        difference, low, high : float

        Raises
        ------
        SpecError
            For a name that is not among `models`.
        """
        by_name = {model.name: model for model in self.models}
        for asked in (one, other):
            if asked not in by_name:
                raise SpecError(f"there is no model {asked!r}; there are {', '.join(by_name)}.")
        more = by_name[other].losses - by_name[one].losses
        drawn = Resampled(len(more), None, self.clusters)
        low, high = drawn.of_any(lambda mass: float(np.average(more, weights=mass)))
        return float(more.mean()), float(low), float(high)

    def _repr_html_(self) -> str:
        """A row for each model, the best first."""
        metrics = list(self.models[0].scores)
        rows = []
        for model in self.models:
            scores = (model.scores[metric] for metric in metrics)
            cells = [f"{s.value:.4g} ({s.low:.3g} to {s.high:.3g})" for s in scores]
            rows.append([name(model.name), *cells, f"{model.seconds:.1f} s"])
        caption = f"Held-out rows of {self.n_folds} folds, with 90 % intervals; best first by "
        caption += f"{self.metric}."
        head = ["model", *map(text, metrics), "training"]
        return box(
            f"{len(rows)} models on the same {self.n_rows:,} rows",
            table(head, rows, caption=caption),
        )


def compare(
    X: FileTable,
    y: np.ndarray,
    folds: Sequence[tuple[np.ndarray, np.ndarray]],
    *,
    is_classification: bool,
    presets: Sequence[str] = ("default",),
    groups: np.ndarray | None = None,
    time_of_rows: np.ndarray | None = None,
    random_state: int = 0,
    n_threads: int | None = None,
    told: Callable[[str, int], None] = lambda name, fold: None,
) -> Comparison:
    """Train every kind of model on each fold's rows and score it on the others.

    Parameters
    ----------
    X : FileTable
    y : ndarray, shape (n_samples,)
    folds : sequence of (training rows, held-out rows)
    is_classification : bool
    presets : sequence of str, default ("default",)
        Of this library's networks.
    groups, time_of_rows : array of shape (n_samples,), optional
        As `fit` takes `groups` and `time`.
    random_state : int, default 0
    n_threads : int, optional
    told : callable (name, fold), optional
        Called before each training.

    Returns
    -------
    Comparison

    Raises
    ------
    DataError
        Naming the column or row that cannot be used.
    """
    target: ClassTarget | NumberTarget
    if is_classification:
        target = ClassTarget.fit(y, None, {"loss": None, "class_weight": None})
        numbers = target.encode(y)
        folds = [(rows, rest[np.isin(numbers[rest], numbers[rows])]) for rows, rest in folds]
    else:
        target = NumberTarget.fit(y, None, {"loss": "squared_error"})
        numbers = y.astype(np.float64)
    rest = np.concatenate([held_out for _, held_out in folds])
    clusters = Arrangement.known(groups, time_of_rows, len(y)).clusters(rest)
    base = np.concatenate(
        [np.tile(target.baseline(y[rows], None), (len(held), 1)) for rows, held in folds]
    )

    def compared(name: str, run: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Compared:
        answers, seconds = [], 0.0
        for fold, (rows, held_out) in enumerate(folds):
            told(name, fold)
            start = time.perf_counter()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DataNotice)  # of columns that differ between folds
                answers.append(run(rows, held_out))
            seconds += time.perf_counter() - start
        found = np.concatenate(answers)
        evaluation = Evaluation(
            "rows held out of each fold", rest, y[rest], found, None, clusters,
            base.mean(axis=0) if is_classification else base.mean(axis=0).reshape(-1)[0], target,
        )  # fmt: skip
        losses = _losses(found, numbers[rest], is_classification)
        return Compared(name, evaluation.scores(), losses, seconds)

    def network(preset: str) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
        def run(rows: np.ndarray, held_out: np.ndarray) -> np.ndarray:
            parts = {"groups": groups, "time": time_of_rows}
            keywords = {name: part[rows] for name, part in parts.items() if part is not None}
            kind: Any = TabularClassifier if is_classification else TabularRegressor
            model = kind(preset=preset, random_state=random_state, n_threads=n_threads)
            model.fit(X.take(rows), y[rows], **keywords)
            new = X.take(held_out)
            if not is_classification:
                return np.asarray(model.predict(new))
            return _all_classes(model.predict_proba(new), model.classes_, target)

        return run

    def peer(name: str) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
        def run(rows: np.ndarray, held_out: np.ndarray) -> np.ndarray:
            known = np.unique(numbers[rows]) if is_classification else None
            model = PEERS[name](is_classification, random_state)
            model.fit(as_table(X.take(rows)), numbers[rows])
            found = model.answers(as_table(X.take(held_out)))
            if known is None:
                return found
            proba = np.zeros((len(held_out), target.n_outputs))
            proba[:, known.astype(int)] = found
            return proba

        return run

    runs = {f"chainrule {preset}": network(preset) for preset in presets}
    runs |= {name: peer(name) for name in PEERS}
    models = [compared(name, run) for name, run in runs.items()]
    models.sort(key=lambda model: float(model.losses.mean()))
    metric = "log_loss" if is_classification else "rmse"
    return Comparison(tuple(models), metric, len(rest), len(folds), clusters)


def _all_classes(
    proba: np.ndarray, classes: np.ndarray, target: ClassTarget | NumberTarget
) -> np.ndarray:
    """Probabilities with a column for every class of the table."""
    full = np.zeros((len(proba), target.n_outputs))
    assert isinstance(target, ClassTarget)
    full[:, np.searchsorted(target.labels.classes, classes)] = proba
    return full


def _losses(answers: np.ndarray, truth: np.ndarray, is_classification: bool) -> np.ndarray:
    if is_classification:
        p = answers[np.arange(len(truth)), truth.astype(int)]
        return np.asarray(-np.log(np.maximum(p, _FLOOR)))
    return np.asarray((answers - truth) ** 2)
