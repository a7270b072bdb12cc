"""`tune`: search for better settings, and say honestly what they are worth."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import numpy as np
from sklearn.base import clone

from chainrule.errors import DataError, DataNotice, SpecError
from chainrule.estimators.arguments import NONE, check_arguments, either, number, plain, whole
from chainrule.estimators.tabular.arguments import check_tabular
from chainrule.estimators.tabular.arrangement import Arrangement
from chainrule.estimators.tabular.base import TabularModel
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.evaluation import Evaluation
from chainrule.estimators.tabular.folds import Fold, arranged_folds
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.estimators.tabular.paired import gain, greater_is_better
from chainrule.estimators.tabular.recipe import resolve
from chainrule.estimators.tabular.tuning.found import Checked, Tuning
from chainrule.estimators.tabular.tuning.space import Space, own_values, read_space, usual_space
from chainrule.estimators.tabular.tuning.trial import trained
from chainrule.estimators.tabular.tuning.trials import Trial, Trials
from chainrule.estimators.weights import read_weights
from chainrule.table.frame import Table, as_table

_RULES = {
    "n_trials": whole(1),
    "time_limit": either(number(0, ends="()"), NONE),
    "holdout": number(0, 0.9, "[]"),
}


def tune(
    model: TabularModel,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    *,
    metric: str | None = None,
    space: Mapping[str, Any] | None = None,
    n_trials: int = 30,
    time_limit: float | None = None,
    holdout: float = 0.2,
    file: str | os.PathLike[str] | None = None,
    groups: Any = None,
    time: Any = None,
    random_state: int = 0,
    told: Callable[[Trial], None] | None = None,
) -> Tuning:
    """Search for better settings of an estimator with Optuna (`pip install "chainrule[tune]"`).

    A share of the rows is held out of the search. On the others each trial trains four networks,
    one for each fold that it leaves out, and is scored by the answers to the rows that a network
    did not train on. The first trial is the estimator as it is given; those after it are drawn by
    Optuna's tree-structured Parzen estimator (Bergstra et al. 2011), and stopped early where their
    first network is worse than the median of the others. The score of the best of many trials is
    too good, since it was chosen by it; so the best settings and those given are trained on the
    rows of the search and compared on the rows held out. The better of the two is fitted on all
    rows.

    Parameters
    ----------
    model : TabularClassifier or TabularRegressor
        Not fitted, and not changed. Arguments of the search that are not None stay as they are.
    X, y : table and targets
        As for `fit`.
    sample_weight : array of shape (n_samples,), optional
        At least 0. Default: 1 for every row.
    metric : str, optional
        What trials are compared by, one of `scores_`. Default: "log_loss" of classes, "rmse" of
        numbers, "poisson_deviance" of counts, "pinball" of quantiles.
    space : mapping, optional
        Argument -> (low, high), or a list of values; a wide interval above 0 is drawn by its
        logarithm. Default: `learning_rate`, `hidden_layer_sizes`, `dropout`, `weight_decay` and
        `embedded_numbers` about the recipe's own.
    n_trials : int, default 30
        In all, those that `file` keeps included.
    time_limit : float, optional
        Seconds after which the search ends; the last trainings come on top.
    holdout : float, default 0.2
        Share of the rows that no trial sees, by class, group or time; 0 holds none out, and nothing
        says then how much of the gain is chance.
    file : str or path, optional
        Keeps every trial at once; a search that is there goes on, to the same trials as without a
        break. Default: memory alone.
    groups, time : arrays of shape (n_samples,), optional
        As for `fit`.
    random_state : int, default 0
        Of the search and of the rows held out; the same one tries the same settings unless
        `time_limit` ends it.
    told : callable, optional
        Called with each trial that ended.

    Returns
    -------
    Tuning
        `.model`, fitted; `.settings`, `.trials`, `.ranked`, and `.checked`, what they are worth.
        After Ctrl-C `.interrupted` is True and there is no model.

    Raises
    ------
    DataError, SpecError
        Naming the argument, column or row; where Optuna is not installed; where `file` keeps
        another search; where no trial was finished.
    """
    check_arguments(_RULES, {"n_trials": n_trials, "time_limit": time_limit, "holdout": holdout})
    check_arguments({"random_state": whole(0, (1 << 32) - 1)}, {"random_state": random_state})
    arguments = model.get_params(deep=False)
    check_tabular(arguments)
    if plain(arguments["validation_fraction"]) == 0:
        raise SpecError("validation_fraction=0 leaves a search no rows to compare trials on.")
    rows = _Rows.of(model, X, y, sample_weight, groups, time)
    metric = metric or _usual_metric(rows.target)
    if metric not in rows.target.shown_metrics:
        known = ", ".join(rows.target.shown_metrics)
        raise SpecError(f"metric {metric!r} is not among those of this target: {known}.")
    given: Space = (
        {name: values for name, values in usual_space(resolve(arguments, model._task)).items()
         if arguments[name] is None}
        if space is None
        else read_space(space, arguments)
    )  # fmt: skip
    if not given:
        raise SpecError("every argument of the search is given already; leave one at None.")
    fold = rows.fold(holdout, random_state)
    searched = rows.keywords(fold.rows)
    trials = Trials(
        None if file is None else os.fspath(file),
        {
            "rows": rows.fingerprint(),
            "metric": metric,
            "estimator": repr(clone(model).set_params(n_threads=None, verbose=0)),
            "space": {name: str(values) for name, values in given.items()},
            "seed": random_state,
            "holdout": holdout,
        },
        greater_is_better(metric),
        random_state,
    )
    first = own_values(resolve(arguments, model._task), given)
    interrupted = _search(
        trials, model, searched, given, first, metric, n_trials, time_limit, told or _say_nothing
    )
    n_searched = len(searched["y"])
    words = {name: str(values) for name, values in given.items()}
    found = Tuning(tuple(trials), metric, words, n_searched, None, {}, None, interrupted)
    if interrupted:
        return found
    if not found.ranked:
        raise DataError("no trial was finished.", "Give the search more time.")
    settings, checked = dict(found.best.settings), None
    if settings and fold.eval_rows is not None:
        checked = _check(model, settings, searched, rows.keywords(fold.eval_rows), metric)
        if checked.gain[0] < 0:
            settings = {}
    final = clone(model).set_params(**settings).fit(**rows.keywords(None))
    return Tuning(found.trials, metric, words, n_searched, checked, settings, final)


def _search(
    trials: Trials,
    model: TabularModel,
    rows: Mapping[str, Any],
    space: Space,
    first: Mapping[str, Any] | None,
    metric: str,
    n_trials: int,
    time_limit: float | None,
    told: Callable[[Trial], None],
) -> bool:
    """Try until there are enough, or the time is over; whether Ctrl-C ended it."""
    deadline = time.perf_counter() + (np.inf if time_limit is None else time_limit)
    try:
        while (number := trials.n_done) < n_trials:
            if number and time.perf_counter() > deadline:
                return False
            drawn = trials.begin(None if number else first)
            settings: dict[str, Any] = {}
            if number or first is not None:
                settings = {name: values.drawn(name, drawn) for name, values in space.items()}
            if not number:
                settings = {}
            ended = Trial(number, settings, None, "not finished", 0.0)
            try:
                ended = trained(model, rows, settings, drawn, number, metric, deadline)
            finally:
                trials.end(drawn, ended)
            told(ended)
            if ended.outcome == "not finished":
                return False
    except KeyboardInterrupt:
        return True
    return False


def _check(
    model: TabularModel,
    settings: Mapping[str, Any],
    searched: Mapping[str, Any],
    held_out: Mapping[str, Any],
    metric: str,
) -> Checked:
    """Both on the rows held out; the same trainings as the last one, on fewer rows."""

    def evaluated(changes: Mapping[str, Any]) -> Evaluation:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataNotice)
            fitted: TabularModel = clone(model).set_params(**changes).fit(**searched)
            return fitted.evaluate(**held_out)

    tuned, given = evaluated(settings), evaluated({})
    of_tuned, of_given = tuned.score(metric), given.score(metric)
    if of_tuned is None or of_given is None:
        raise DataError(
            f"{metric} is not defined on the {tuned.n_rows} rows held out.",
            "Hold out more of them, or choose another metric.",
        )
    return Checked(tuned.n_rows, of_tuned, of_given, gain(tuned, given, metric))


class _Rows:
    """The rows of a search, as `fit` takes them."""

    def __init__(
        self, table: Table, y: np.ndarray, parts: Mapping[str, np.ndarray],
        target: ClassTarget | NumberTarget, arrangement: Arrangement,
    ) -> None:  # fmt: skip
        self.table, self.y, self.parts = table, y, parts
        self.target, self.arrangement = target, arrangement

    @classmethod
    def of(cls, model: TabularModel, X: Any, y: Any, weights: Any, groups: Any, when: Any) -> _Rows:
        """From the arguments of `fit`; `DataError` for what cannot be used."""
        table = as_table(X)
        raw = model._target_type.read(y, table.n_rows)
        known = read_weights(weights, table.n_rows)
        arrangement = Arrangement.read(groups, when, table.n_rows)
        target = model._target_type.fit(raw, known, model.get_params(deep=False))
        given = {"sample_weight": known, "groups": groups, "time": when}
        parts = {name: np.asarray(part) for name, part in given.items() if part is not None}
        return cls(table, raw, parts, target, arrangement)

    def fold(self, holdout: float, seed: int) -> Fold:
        """The rows of the search, and those held out."""
        if holdout == 0:
            return Fold()
        encoded = self.target.encode(self.y)
        strata, weights = self.target.strata(encoded), self.parts.get("sample_weight")
        fold = arranged_folds(len(self.y), 1, holdout, seed, strata, weights, self.arrangement)[0]
        if strata is None or fold.rows is None or fold.eval_rows is None:
            return fold
        known = np.isin(strata[fold.eval_rows], strata[fold.rows])  # classes that groups kept apart
        return Fold(fold.rows, fold.eval_rows[known])

    def keywords(self, rows: np.ndarray | None) -> dict[str, Any]:
        """Of some of the rows, or all."""
        if rows is None:
            return {"X": self.table, "y": self.y, **self.parts}
        parts = {name: part[rows] for name, part in self.parts.items()}
        return {"X": self.table.take(rows), "y": self.y[rows], **parts}

    def fingerprint(self) -> str:
        """That the rows are the same; of cells, targets and what is known beside."""
        found = sha256(repr((self.table.names, self.y.tolist())).encode())
        for k in range(self.table.n_columns):
            column = self.table.column(k)
            found.update(repr((column.kind, list(column.levels))).encode())
            found.update(np.ascontiguousarray(column.values).tobytes())
        for name, part in self.parts.items():
            found.update(repr((name, part.tolist())).encode())
        return found.hexdigest()[:32]


def _usual_metric(target: ClassTarget | NumberTarget) -> str:
    shown = target.shown_metrics
    for name in ("log_loss", "poisson_deviance"):
        if name in shown:
            return name
    return next(iter(shown))


def _say_nothing(trial: Trial) -> None:
    """Where nobody listens."""
