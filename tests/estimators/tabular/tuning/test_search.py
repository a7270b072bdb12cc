"""A search: the same with a break in it, honest about its gain, and its model is what it says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainrule
from chainrule import TabularClassifier, TabularRegressor
from chainrule.errors import DataError, SpecError
from chainrule.estimators.tabular.paired import gain

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 3))
Y = np.where(X[:, 0] + 0.5 * X[:, 1] ** 2 + RNG.normal(0, 0.3, 120) > 0.4, "yes", "no")
SPACE: dict[str, Any] = {"learning_rate": (0.001, 0.2), "dropout": (0.0, 0.5)}
SMALL = TabularClassifier(preset="fast", epochs=4, hidden_layer_sizes=(8,), n_threads=1)


def tuned(n_trials: int = 6, **others: Any) -> Any:
    return chainrule.tune(SMALL, X, Y, space=SPACE, n_trials=n_trials, **others)


def shown(found: Any) -> list[Any]:
    return [(t.number, t.settings, t.score, t.outcome) for t in found.trials]


def test_without_optuna_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(DataError, match="needs the package optuna") as caught:
        tuned()
    assert caught.value.hint == 'pip install "chainrule[tune]"'


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ({"metric": "rmse"}, "metric 'rmse' is not among those of this target: accuracy"),
        ({"n_trials": 0}, "n_trials must be"),
        ({"holdout": 1.0}, "holdout must be"),
        ({"space": {}}, "every argument of the search is given"),
    ],
)
def test_bad_arguments_are_named(keywords: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecError, match=words):
        chainrule.tune(SMALL, X, Y, **{"space": SPACE, **keywords})


def test_a_break_changes_nothing_and_the_model_is_what_it_says(tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    whole, file = tuned(), tmp_path / "search"
    told: list[int] = []
    first = tuned(3, file=file)
    second = tuned(6, file=file, told=lambda trial: told.append(trial.number))
    assert shown(second) == shown(whole) and shown(first) == shown(whole)[:3]
    assert told == [3, 4, 5]
    assert whole.trials[0].settings == {} and set(whole.trials[1].settings) == set(SPACE)
    again = TabularClassifier(**{**SMALL.get_params(), **whole.settings}).fit(X, Y)
    for mine, other in zip(whole.model.members_, again.members_, strict=True):
        assert all(np.array_equal(mine.params[k], other.params[k]) for k in mine.params)
    assert whole.n_rows == 96 and "Tuning by log_loss" in repr(whole)
    with pytest.raises(DataError, match="other rows"):
        chainrule.tune(SMALL, X[:100], Y[:100], space=SPACE, n_trials=3, file=file)
    with pytest.raises(DataError, match="another seed: 0, now 1"):
        tuned(3, file=file, random_state=1)
    foreign = tmp_path / "notes.txt"
    foreign.write_text("no search")
    with pytest.raises(DataError, match="no file of a search"):
        tuned(3, file=foreign)


def test_what_rows_held_out_say_is_what_two_fits_say() -> None:
    pytest.importorskip("optuna")
    found = tuned(5, holdout=0.3, random_state=3)
    assert found.best.settings and found.checked is not None
    from chainrule.estimators.tabular.folds import validation_split

    codes = (Y == "yes").astype(int)
    rows, held = validation_split(120, 0.3, 3, codes)
    both = []
    for settings in (found.best.settings, {}):
        model = TabularClassifier(**{**SMALL.get_params(), **settings}).fit(X[rows], Y[rows])
        both.append(model.evaluate(X[held], Y[held]))
    assert found.checked.gain == gain(*both, "log_loss")
    assert found.checked.tuned == both[0].scores()["log_loss"]
    difference = both[1].scores()["log_loss"].value - both[0].scores()["log_loss"].value
    assert found.checked.gain[0] == pytest.approx(difference, abs=1e-12)
    assert (found.settings == {}) == (found.checked.gain[0] < 0)


def test_numbers_groups_time_limit_and_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("optuna")
    model = TabularRegressor(epochs=2, hidden_layer_sizes=(4,), n_threads=1, preset="fast")
    space, groups = {"learning_rate": [0.1, 0.2]}, np.arange(120) % 10
    found = chainrule.tune(model, X, X[:, 0], space=space, n_trials=2, groups=groups, metric="mae")
    assert found.metric == "mae" and found.n_rows % 12 == 0
    two = chainrule.tune(
        model, X, X[:, 0], space=space, n_trials=2, groups=np.arange(120) % 3, holdout=0.34
    )
    if two.checked is not None:  # one group alone says nothing of others
        assert np.isnan(two.checked.gain[1:]).all()
    late = chainrule.tune(model, X, X[:, 0], space=space, n_trials=9, time_limit=1e-9)
    assert len(late.trials) == 1 and late.settings == {} and late.checked is None

    def stop(trial: Any) -> None:
        raise KeyboardInterrupt

    ended = chainrule.tune(model, X, X[:, 0], space=space, n_trials=9, told=stop, holdout=0)
    assert ended.interrupted and ended.model is None and len(ended.trials) == 1
