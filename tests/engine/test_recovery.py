"""Going back to a sound epoch with a lower rate."""

from __future__ import annotations

import time
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chainrule import Network, _core, engine
from chainrule.errors import DataNotice, DivergedError
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec
from comparing import same_bits, same_state

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(60, 3)).astype(np.float32)
Y = (X @ [[1.0], [2.0], [3.0]]).astype(np.float32)
SPEC = NetworkSpec(3, (Dense(8, "relu"), Dense(1)), Loss("squared_error"))
PARAMS = engine.initialize(SPEC)


def told(training: TrainingSpec, **options: Any) -> tuple[engine.FitResult, list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = engine.fit(SPEC, PARAMS, X, Y, training, **options)
    return result, [str(w.message) for w in caught if w.category is DataNotice]


@pytest.mark.parametrize("batch_size", [None, 10])
def test_a_lower_rate_goes_on_from_the_first_sound_epoch(batch_size: int | None) -> None:
    """The loss explodes from the start, so all begins anew, as if with the lower rate."""
    high = TrainingSpec("sgd", learning_rate=20.0, epochs=30, batch_size=batch_size)
    found, notices = told(high)
    assert 1 <= len(notices) <= 3
    assert "is infinite or NaN first" in notices[0] and "beginning of epoch 0" in notices[0]
    low = replace(high, learning_rate=20.0 * 0.1 ** len(notices))
    alone = engine.fit(SPEC, PARAMS, X, Y, low)
    assert same_bits(found.params, alone.params)
    assert found.history.loss == alone.history.loss
    assert found.history.n_steps == alone.history.n_steps


def test_a_late_fault_costs_no_epoch_before_it() -> None:
    """A callback that raises the rate after epoch 4 spoils epoch 5; the first five stay."""
    training = TrainingSpec("sgd", learning_rate=0.01, epochs=9, batch_size=10)

    def callback(epoch: int, history: Any) -> float:
        return 3e4 if epoch == 4 else 1.0

    found, notices = told(training, callback=callback, eval_set=(X, Y))
    calm = engine.fit(SPEC, PARAMS, X, Y, training, eval_set=(X, Y))
    assert all("beginning of epoch 5" in notice for notice in notices) and notices
    assert found.history.n_epochs == 9
    assert found.history.loss[:5] == calm.history.loss[:5]
    assert found.history.validation_loss[:5] == calm.history.validation_loss[:5]
    assert np.isfinite(found.history.loss).all()


class Calls:
    """What the core gives back to the calls of a training."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.found: list[Any] = []
        self.fit = _core.fit
        monkeypatch.setattr(_core, "fit", self)
        monkeypatch.setattr(engine.recovery, "MOST_LOWERED", 0)

    def __call__(self, **arguments: Any) -> Any:
        self.found.append(self.fit(**arguments))
        return self.found[-1]


@pytest.mark.parametrize("factor", [1e39, 1e45])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_a_fault_is_looked_at_from_the_state_before_its_step(
    optimizer: str, factor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rate that overflows the next loss, and one that overflows the parameters."""
    training = TrainingSpec(optimizer, learning_rate=1e-3, epochs=8, batch_size=None)

    def callback(epoch: int, history: Any) -> float:
        return factor if epoch == 4 else 1.0

    calls = Calls(monkeypatch)
    with pytest.raises(DivergedError) as caught:
        engine.fit(SPEC, PARAMS, X, Y, training, callback=callback)
    monkeypatch.undo()
    out, epoch = calls.found[-1], caught.value.place.epoch
    assert out.history.diverged_epoch == epoch > 4 and out.history.diverged_step == 0
    assert caught.value.place.quantity in (("parameter",) if factor == 1e45 else ("z", "loss"))
    before = engine.fit(
        SPEC, PARAMS, X, Y, replace(training, epochs=epoch), callback=callback
    )  # of one step each
    assert same_bits(engine.state.named_arrays(SPEC, out.failed), before.params)
    assert same_state(engine.state.state_from(SPEC, optimizer, out.state), before.state)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_a_milestone_is_the_state_of_so_many_epochs(
    optimizer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault after some time is looked for from a state that was remembered on the way."""
    training = TrainingSpec(optimizer, learning_rate=1e-3, epochs=12, batch_size=20)

    def callback(epoch: int, history: Any) -> float:
        if epoch in (2, 6):
            time.sleep(0.11)  # milestones are a tenth of a second apart
        return 1e30 if epoch == 9 else 0.5

    calls = Calls(monkeypatch)
    with pytest.raises(DivergedError):
        engine.fit(SPEC, PARAMS, X, Y, training, callback=callback)
    monkeypatch.undo()
    out = calls.found[0]
    epochs, milestone = out.milestone_epoch, out.milestone
    assert 0 < epochs <= out.history.diverged_epoch
    expected = engine.fit(
        SPEC, PARAMS, X, Y, replace(training, epochs=epochs), callback=lambda *_: 0.5
    )
    assert same_bits(engine.state.named_arrays(SPEC, milestone.values), expected.params)
    assert milestone.rate_factor == (1e30 if epochs > 9 else 0.5)
    state = engine.state.state_from(SPEC, optimizer, milestone)
    assert (state.epoch, state.n_steps) == (epochs, 3 * epochs)
    assert same_state(state, expected.state)


def test_no_weight_that_is_not_finite_is_ever_returned() -> None:
    for seed in range(12):
        for rate in (1e3, 1e6):
            for optimizer in ("sgd", "adam"):
                training = TrainingSpec(optimizer, learning_rate=rate, epochs=4, batch_size=10)
                try:
                    result, _ = told(replace(training, seed=seed))
                except DivergedError as error:
                    result = error.result
                assert all(np.isfinite(array).all() for array in result.params.values())


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (("x", 17, 2), "row 17 of X holds 1e+30 in column 2"),
        (("y", 5, 0), "row 5 of y is 1e+30"),
        (("W1", 3, 1), "training starts from W1[3, 1] = 1e+30"),
    ],
)
def test_what_no_rate_cures_is_named_at_once(change: tuple[str, int, int], cause: str) -> None:
    arrays = {"x": X.copy(), "y": Y.copy(), **{k: v.copy() for k, v in PARAMS.items()}}
    name, *at = change
    arrays[name][tuple(at)] = 1e30
    x, y = arrays.pop("x"), arrays.pop("y")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DivergedError) as caught:
            engine.fit(SPEC, arrays, x, y, TrainingSpec(epochs=3, batch_size=10))
    assert caught.value.place.cause == cause
    assert not caught.value.place.curable


def test_a_network_keeps_the_best_epoch_and_the_place() -> None:
    net = Network([3, 8, 1], random_state=1)
    with pytest.warns(DataNotice), pytest.raises(DivergedError) as caught:
        net.fit(X, Y, eval_set=(X, Y), learning_rate=1e30, optimizer="sgd", epochs=5)
    assert caught.value.place.epoch == 0
    assert np.isfinite(net.predict(X)).all()
