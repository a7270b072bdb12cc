"""Kept predictors: packed once, and again where the network or one of its numbers has changed."""

from __future__ import annotations

import gc
import weakref

import numpy as np

from chainrule import engine
from chainrule.spec import Dense, Loss, NetworkSpec

SPEC = NetworkSpec(3, (Dense(4, "tanh"), Dense(2)), Loss("squared_error"))
X = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)


class Owner:
    pass


def test_what_has_not_changed_is_packed_once() -> None:
    owner, params = Owner(), engine.initialize(SPEC)
    first = engine.kept_predictor(owner, SPEC, params)
    assert engine.kept_predictor(owner, SPEC, dict(params)) is first
    equal = NetworkSpec(3, (Dense(4, "tanh"), Dense(2)), Loss("squared_error"))
    assert engine.kept_predictor(owner, equal, {k: v.copy() for k, v in params.items()}) is first
    assert engine.kept_predictor(owner, SPEC, params, 1) is not first
    assert engine.kept_predictor(owner, SPEC, params) is first
    assert np.array_equal(first(X), engine.predict(SPEC, params, X))


def test_a_change_in_place_shows() -> None:
    owner, params = Owner(), engine.initialize(SPEC)
    first = engine.kept_predictor(owner, SPEC, params)
    for name, array in params.items():
        array.reshape(-1)[-1] += np.float32(0.25)
        found = engine.kept_predictor(owner, SPEC, params)
        assert np.array_equal(found(X), engine.predict(SPEC, params, X)), name
        assert not np.array_equal(found(X), first(X))
    params["b1"][0] = -0.0
    zero = engine.kept_predictor(owner, SPEC, params)
    params["b1"][0] = 0.0
    assert engine.kept_predictor(owner, SPEC, params) is not zero


def test_another_network_of_the_same_arrays_is_packed_anew() -> None:
    owner, params = Owner(), engine.initialize(SPEC)
    other = NetworkSpec(3, (Dense(4, "sigmoid"), Dense(2)), Loss("squared_error"))
    engine.kept_predictor(owner, SPEC, params)
    found = engine.kept_predictor(owner, other, params)(X)
    assert np.array_equal(found, engine.predict(other, params, X))
    double = {name: array.astype(np.float64) for name, array in params.items()}
    assert engine.kept_predictor(owner, other, double)(X).dtype == np.float64


def test_what_is_kept_goes_with_its_owner() -> None:
    owner = Owner()
    kept = weakref.ref(engine.kept_predictor(owner, SPEC, engine.initialize(SPEC)))
    del owner
    gc.collect()
    assert kept() is None
