"""A training that is gone on with: 7 epochs and 13 more are 20, to the bit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chainrule import Network, engine, load
from chainrule.engine.checkpoint import Standing
from chainrule.errors import DataError, SpecError
from chainrule.reference.fit import fit as reference_fit
from chainrule.spec import SCHEDULES, Dense, Dropout, History, Loss, NetworkSpec, TrainingSpec
from comparing import normwise, same_bits

SPEC = NetworkSpec(3, (Dense(6, "tanh"), Dropout(0.2), Dense(2)), Loss("squared_error"))
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(23, 3)), RNG.normal(size=(23, 2))
WHOLE = TrainingSpec(epochs=20, batch_size=5, learning_rate=0.02)
# "step" and "plateau" change within 20 epochs.
CONSTANTS: dict[str, dict[str, Any]] = {
    "step": {"every": 6},
    "plateau": {"patience": 0, "factor": 0.7},
    "cosine": {"warmup": 0.4},
}
STOPS_AT_6 = {"callback": lambda epoch, history: epoch == 6}


def parts(training: TrainingSpec, **options: Any) -> engine.FitResult:
    """7 epochs of the training, ended by a callback, then the others."""
    params = engine.initialize(SPEC, dtype="float64")
    begun = engine.fit(SPEC, params, X, Y, training, **STOPS_AT_6, **options)
    assert begun.history.n_epochs == 7
    return engine.fit(
        SPEC,
        begun.params,
        X,
        Y,
        training,
        state=begun.state,
        first_epoch=7,
        past=begun.history,
        **options,
    )


@pytest.mark.parametrize("name", SCHEDULES)
def test_seven_epochs_and_thirteen_are_twenty(name: str) -> None:
    schedule = {"name": name, **CONSTANTS.get(name, {})}
    training = replace(WHOLE, schedule=schedule, weight_decay=0.1)
    if name != "plateau":
        training = replace(training, weight_decay_schedule=schedule, dropout_schedule=schedule)
    whole = engine.fit(SPEC, engine.initialize(SPEC, dtype="float64"), X, Y, training)
    found = parts(training)
    assert same_bits(found.params, whole.params)
    assert replace(found.history, seconds=0) == replace(whole.history, seconds=0)
    assert found.state.n_steps == whole.state.n_steps == 100


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_reference_goes_on_alike(name: str) -> None:
    training = replace(WHOLE, schedule={"name": name, **CONSTANTS.get(name, {})})
    params = engine.initialize(SPEC, dtype="float64")
    begun = engine.fit(SPEC, params, X, Y, training, **STOPS_AT_6)
    expected, _, history = reference_fit(
        SPEC,
        begun.params,
        X,
        Y,
        training,
        state=begun.state,
        first_epoch=7,
        past=begun.history.loss,
    )
    found = parts(training)
    assert normwise(found.params, expected) <= 1e-12
    np.testing.assert_allclose(found.history.loss[7:], history.loss, rtol=1e-12)


@pytest.mark.parametrize("rule", [{"patience": 5}, {"patience": 12}, {"tol": 1e-9}])
def test_stopping_rules_remember(rule: dict[str, Any]) -> None:
    training = replace(WHOLE, learning_rate=0.2, epochs=60, **rule)
    whole = engine.fit(SPEC, engine.initialize(SPEC, dtype="float64"), X, Y, training)
    if whole.history.n_epochs <= 7:
        pytest.skip("it ends before it can be gone on with")
    found = parts(training)
    assert found.history.stop_reason == whole.history.stop_reason
    assert found.history.loss == whole.history.loss


def test_the_kept_epoch_is_that_of_all() -> None:
    options = {"eval_set": (X[:9], -Y[:9])}  # the first epochs are the best
    for rate in (0.02, 10.0):  # at the large one, no later epoch is better
        training = replace(WHOLE, optimizer="sgd", learning_rate=rate, clip_norm=1.0)
        found = parts(training, **options)
        losses = found.history.validation_loss
        assert found.history.n_epochs == len(losses) == 20
        assert losses[found.history.best_epoch or 0] == min(losses)
        kept = engine.loss(SPEC, found.params, *options["eval_set"])
        assert kept == pytest.approx(min(losses), rel=1e-12)
    assert found.history.best_epoch is not None and found.history.best_epoch < 7


def test_a_network_goes_on(tmp_path: Any) -> None:
    def network() -> Network:
        return Network([3, 8, 2], random_state=1)

    settings: dict[str, Any] = {"epochs": 20, "schedule": "cosine", "learning_rate": 0.05}
    whole = network()
    whole.fit(X, Y, **settings)
    begun = network()
    begun.fit(X, Y, **settings, **STOPS_AT_6)
    begun.save(tmp_path / "begun.safetensors")
    found = load(tmp_path / "begun.safetensors")
    history = found.fit(X, Y, **settings, first_epoch=7)
    assert same_bits(found.params, whole.params)
    assert history.loss == whole.history.loss and history.n_steps == whole.history.n_steps


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"first_epoch": 21}, SpecError, "first_epoch must be .* at most 20"),
        ({"first_epoch": -1}, SpecError, "first_epoch"),
        ({"first_epoch": 2}, DataError, "past has 1 epochs and first_epoch is 2"),
        ({"first_epoch": 1, "eval_set": (X, Y)}, DataError, "had no validation rows"),
        ({"past": History(loss=[1.0], best_epoch=1)}, DataError, "keeps epoch 1 and has 1 epochs"),
        ({"past": History(loss=[1.0], best_epoch=-1)}, DataError, "keeps epoch -1"),
        ({"past": History(best_epoch=10**9)}, DataError, "keeps epoch 1000000000 and has 0"),
        (
            {"past": History(loss=[1.0], validation_loss=[1.0, 2.0]), "eval_set": (X, Y)},
            DataError,
            "1 epochs in loss and 2 in validation_loss",
        ),
    ],
)
def test_what_cannot_be(change: dict[str, Any], error: type[Exception], words: str) -> None:
    params = engine.initialize(SPEC)
    given = {"past": History(loss=[1.0]), "first_epoch": 1, **change}
    with pytest.raises(error, match=words):
        engine.fit(SPEC, params, X, Y, WHOLE, **given)


@pytest.mark.parametrize(
    "rule",
    [
        {"schedule": {"name": "plateau", "patience": 1, "factor": 0.8}},  # of a rising loss
        {"patience": 9, "tol": 1.0},
    ],
    ids=["plateau", "patience"],
)
def test_rules_that_watch_the_validation_rows_remember(rule: dict[str, Any]) -> None:
    """The metric falls a little in every epoch, so that the last one is kept."""

    def options() -> dict[str, Any]:
        scores = iter(np.linspace(50.0, 49.9, 20))
        return {"eval_set": (X[:9], -Y[:9]), "metric": lambda outputs: next(scores)}

    training = replace(WHOLE, **rule)
    whole = engine.fit(SPEC, engine.initialize(SPEC, dtype="float64"), X, Y, training, **options())
    assert whole.history.n_epochs == (10 if "patience" in rule else 20)
    found = parts(training, **options())
    assert same_bits(found.params, whole.params)
    assert replace(found.history, seconds=0) == replace(whole.history, seconds=0)


def test_the_first_epoch_may_be_the_kept_one() -> None:
    """It comes back, and is what later epochs are compared with, also after a break."""
    first = engine.fit(
        SPEC, engine.initialize(SPEC, dtype="float64"), X, Y, WHOLE, callback=lambda *_: True
    )
    scores = [5.0] + [6.0] * 19
    for late in (7.0, 4.0):
        scores[9] = late
        told = iter(scores)
        options = {"eval_set": (X, Y), "metric": lambda outputs, told=told: next(told)}
        begun = engine.fit(
            SPEC, engine.initialize(SPEC, dtype="float64"), X, Y, WHOLE, **STOPS_AT_6, **options
        )
        assert begun.history.best_epoch == 0
        assert same_bits(begun.params, first.params)
        found = engine.fit(
            SPEC, begun.params, X, Y, WHOLE, state=begun.state, first_epoch=7, past=begun.history,
            **options,
        )  # fmt: skip
        assert found.history.best_epoch == (0 if late == 7.0 else 9)
        assert same_bits(found.params, first.params) == (late == 7.0)


class Memory:
    """A keeper of every epoch's standing, which begins with one."""

    def __init__(self, standing: Standing | None = None) -> None:
        self.standing = standing
        self.kept: list[Standing] = []

    def begin(self, fingerprint: object) -> Standing | None:
        return self.standing

    def is_due(self) -> bool:
        return True

    def keep(self, standing: Standing) -> None:
        self.kept.append(standing)


@pytest.mark.parametrize(
    ("rule", "reasons"),
    [
        ({"learning_rate": 0.05}, ["", "", "", "", "epochs"]),
        ({"learning_rate": 0.0, "patience": 2}, ["", "", "patience"]),
        ({"learning_rate": 0.0, "patience": 3}, ["", "", "", "patience"]),
        ({"learning_rate": 0.0, "patience": 4}, ["", "", "", "", "epochs"]),
        ({"learning_rate": 0.0, "patience": 5}, ["", "", "", "", "epochs"]),
    ],
)
@pytest.mark.parametrize("options", [{}, {"eval_set": (X[:9], -Y[:9])}], ids=["train", "eval"])
def test_every_epoch_is_a_place_to_go_on_from(
    options: dict[str, Any], rule: dict[str, Any], reasons: list[str]
) -> None:
    spec = NetworkSpec(3, (Dense(6, "tanh"), Dense(2)), Loss("squared_error"))
    training = TrainingSpec(epochs=5, batch_size=None, **rule)
    given = (spec, engine.initialize(spec, dtype="float64"), X, Y, training)
    keeper = Memory()
    whole = engine.fit(*given, checkpoint=keeper, **options)
    assert whole.history.stop_reason == reasons[-1]
    # After each epoch, and at the end.
    assert [standing.stop_reason for standing in keeper.kept] == [*reasons, reasons[-1]]
    for standing in keeper.kept:
        found = engine.fit(*given, checkpoint=Memory(standing), **options)
        assert same_bits(found.params, whole.params)
        assert replace(found.history, seconds=0) == replace(whole.history, seconds=0)


def test_a_tie_with_the_kept_epoch_goes_by_its_loss() -> None:
    """The metric is the same in every epoch, before the break and after it."""
    untrained = engine.predict(SPEC, engine.initialize(SPEC, dtype="float64"), X)
    options = {"eval_set": (X, untrained), "metric": lambda outputs: 1.0}
    found = parts(WHOLE, **options)
    losses = found.history.validation_loss
    assert losses[0] == min(losses)
    assert found.history.best_epoch == 0
    options["eval_set"] = (X, Y)
    assert parts(WHOLE, **options).history.best_epoch == 19


@pytest.mark.parametrize("family", ["weights", "biases"])
def test_new_weights_start_new_moments(family: str) -> None:
    trained, fresh = Network([3, 4, 2], random_state=2), Network([3, 4, 2], random_state=2)
    start = {name: getattr(trained, name) for name in ("weights", "biases")}
    trained.fit(X, Y, epochs=3, learning_rate=0.1)
    trained.weights, trained.biases = start["weights"], start["biases"]
    trained.fit(X, Y, epochs=2)
    fresh.fit(X, Y, epochs=2)
    assert same_bits(trained.params, fresh.params)
    getattr(trained, family)[0] = getattr(fresh, family)[0]
    assert trained.trace(X, Y).state_before.n_steps == 0
