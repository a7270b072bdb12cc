"""Real steps of fit against the step shown: every way through fit, and faults of each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.check import step as step_module
from chainrule.explain.check.step import steps_of_fit
from chainrule.spec import (
    OPTIMIZERS,
    Dense,
    Dropout,
    Loss,
    NetworkSpec,
    TrainingSpec,
)

LAYERS = (Dense(7, "tanh"), Dense(2))


def problem(layers=LAYERS, dtype="float64", **training):
    spec = NetworkSpec(4, layers, Loss("squared_error"))
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((13, 4)).astype(dtype), rng.standard_normal((13, 2)).astype(dtype)
    given = {"optimizer": "sgd", "learning_rate": 0.1, "batch_size": 4, **training}
    return spec, engine.initialize(spec, seed=0, dtype=dtype), X, y, TrainingSpec(**given)


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_optimizer_makes_the_step_that_is_shown(optimizer, dtype):
    given = problem(
        dtype=dtype, optimizer=optimizer, l1=0.01, l2=0.1, weight_decay=0.1, clip_norm=0.5,
        learning_rate_factors={"b": 0.5},
    )  # fmt: skip
    verdict = steps_of_fit(*given)
    assert (verdict.verdict, verdict.sentence.split()[0]) == ("ok", "10")  # 3, 3 and 4 batches
    weighted = steps_of_fit(*given, sample_weight=np.linspace(0.0, 1.0, 13).astype(dtype))
    assert (weighted.verdict, weighted.sentence.split()[0]) == ("ok", "6")


def test_a_state_is_gone_on_from():
    spec, params, X, y, training = problem(optimizer="adam")
    seen = engine.trace(spec, params, X, y, training)
    state = replace(seen.state_after, epoch=7)
    assert steps_of_fit(spec, seen.params_after, X, y, training, state=state).verdict == "ok"


def test_dropout_is_on_with_the_masks_of_every_epoch():
    given = problem((Dropout(0.2), Dense(30, "relu"), Dropout(0.5), Dense(2)))
    assert steps_of_fit(*given).verdict == "ok"


def test_a_fit_that_breaks_its_rules_elsewhere_is_wrong(monkeypatch):
    monkeypatch.setattr(step_module, "follows_its_rules", lambda training, weighted: False)
    verdict = steps_of_fit(*problem())
    assert verdict.verdict == "wrong"
    assert "small network" in verdict.sentence


def test_one_step_is_compared_where_a_second_one_diverges():
    assert steps_of_fit(*problem(learning_rate=1e160)).sentence.startswith("2 steps")
    spec, params, X, y, training = problem()
    verdict = steps_of_fit(spec, params, X, y + 1e300, training)
    assert verdict.verdict == "unchecked"
    assert "leaves the finite numbers" in verdict.sentence


# What fit does otherwise than the step -> a result of fit as a fault would leave it.
def _twice_as_far(start, result):
    return {name: 2 * w - start[name] for name, w in result.params.items()}


def _one_bit(start, result):
    W = result.params["W2"].copy()
    W[1, 3] = np.nextafter(W[1, 3], np.inf)
    return {**result.params, "W2": W}


FAULTS = {
    "always": (_twice_as_far, lambda training: True),
    "a bit": (_one_bit, lambda training: True),
    "on two threads": (_one_bit, lambda training: training.n_threads == 2),
    "in batches": (_one_bit, lambda training: training.batch_size is not None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_fit_are_wrong(monkeypatch, fault):
    wrong, happens = FAULTS[fault]
    fit = engine.fit

    def faulty(spec, params, X, y, training, **options):
        result = fit(spec, params, X, y, training, **options)
        if not happens(training):
            return result
        return replace(result, params=wrong(params, result))

    monkeypatch.setattr(step_module.engine, "fit", faulty)
    verdict = steps_of_fit(*problem())
    assert verdict.verdict == "wrong"
    if fault not in ("always", "a bit"):
        assert fault in verdict.sentence
    if fault == "a bit":
        assert "W2[1,3] is" in verdict.sentence
