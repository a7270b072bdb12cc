"""One trial: networks of some settings, stopped early where half of the others did better."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone

from chainrule.errors import DataNotice, DivergedError
from chainrule.estimators.tabular.paired import greater_is_better
from chainrule.estimators.tabular.tuning.trials import Trial, quiet
from chainrule.spec import History

if TYPE_CHECKING:
    import optuna

    from chainrule.estimators.tabular.base import TabularModel

# Networks of a trial, each of which answers the fold that it did not train on.
N_NETWORKS = 4
_LOOKS = 8  # at the first network's course, from a quarter of its epochs on


def trained(
    model: TabularModel,
    rows: Mapping[str, Any],
    settings: Mapping[str, Any],
    drawn: optuna.Trial,
    number: int,
    metric: str,
    deadline: float,
) -> Trial:
    """Train and score the settings of a trial.

    Parameters
    ----------
    model : TabularModel
        What a trial changes.
    rows : mapping
        Keywords of `fit`.
    deadline : float
        Of `time.perf_counter`.

    Raises
    ------
    KeyboardInterrupt
        Where Ctrl-C ended the training.
    """
    start = time.perf_counter()
    in_time = rows.get("time") is not None
    changes = {
        "preset": "default", "refit": False, "warm_start": False, "time_limit": None,
        "verbose": 0, "n_members": 1 if in_time else N_NETWORKS, **settings,
    }  # fmt: skip
    if model.cv is not None:
        changes["n_members"] = model.n_members
    trial = clone(model).set_params(**changes)
    watch = _Watch(trial, drawn, greater_is_better(metric), number > 0, deadline)
    trial._watch = watch
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataNotice)
            warnings.simplefilter("ignore", RuntimeWarning)
            trial.fit(**rows)
    except DivergedError:
        return Trial(number, dict(settings), None, "diverged", time.perf_counter() - start)
    seconds = time.perf_counter() - start
    if trial.interrupted_:
        raise KeyboardInterrupt
    if watch.late:
        return Trial(number, dict(settings), None, "not finished", seconds)
    if watch.worse:
        return Trial(number, dict(settings), None, "stopped early", seconds)
    score = trial.validation_.score(metric)
    outcome = "diverged" if score is None else "done"
    return Trial(number, dict(settings), score, outcome, seconds)


class _Watch:
    """Looks at the first network now and then; its rows are the same in all trials, and what it
    tells does not depend on which thread is faster."""

    def __init__(
        self, model: TabularModel, drawn: optuna.Trial, rises: bool, stops: bool, deadline: float
    ) -> None:
        self.worse = self.late = False
        self._model, self._drawn = model, drawn
        self._sign = -1.0 if rises else 1.0  # of the study's direction
        self._stops, self._deadline = stops, deadline

    def __call__(self, number: int, epoch: int, history: History) -> bool:
        self.late = self.late or (self._stops and time.perf_counter() > self._deadline)
        if number == 0 and not self.worse and self._is_look(epoch):
            course = history.validation_metric or history.validation_loss
            with quiet():
                self._drawn.report(self._sign * float(np.nanmin(course)), epoch)
                self.worse = self._stops and self._drawn.should_prune()
        return self.worse or self.late

    def _is_look(self, epoch: int) -> bool:
        training = self._model.training_
        n_epochs = training.epochs if training is not None else 0
        every = max(n_epochs // _LOOKS, 1)
        return 4 * (epoch + 1) >= n_epochs > epoch + 1 and (epoch + 1) % every == 0
