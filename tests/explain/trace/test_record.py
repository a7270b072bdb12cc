"""A record holds the engine's numbers under their names, lazily and within its limit."""

from __future__ import annotations

import json

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import DataError, SpecError
from chainrule.explain.check.verify import check_gradients
from chainrule.explain.trace import StepTrace
from chainrule.explain.trace.draw import draw
from chainrule.spec import (
    TrainingSpec,
)


def test_arrays_and_their_names(parts):
    trace = StepTrace(*parts, TrainingSpec(optimizer="momentum"), dropout_epoch=2)
    assert trace["W1"].shape == trace["dL_dW1"].shape == trace["update_W1"].shape == (4, 3)
    assert trace["z2"].shape == trace["a2"].shape == trace["delta2"].shape == (8, 3)
    assert trace["mask1"].shape == (8, 4)
    assert trace.a[0] is trace["a0"]
    assert trace.z[0] is None and trace.dL_dW[0] is None
    np.testing.assert_array_equal(trace.dL_dW[2], trace.grads["W2"])
    np.testing.assert_array_equal(trace.params_after["b1"], trace["b1"] + trace["update_b1"])
    for name in ("z0", "W3", "delta0", "mask2", "nothing"):
        with pytest.raises(KeyError):
            trace[name]


def test_it_is_float64_unless_asked_for_the_trained_type(parts):
    assert StepTrace(*parts)["z1"].dtype == np.float64
    trained = StepTrace(*parts, dtype="train")
    assert trained["z1"].dtype == np.float32
    header = StepTrace(*parts).header()
    assert header["trained_dtype"] == "float32"
    assert 0 < header["largest_output_difference_to_trained_dtype"] < 1e-6
    with pytest.raises(SpecError, match="dtype"):
        StepTrace(*parts, dtype="float16")


def test_nothing_is_computed_before_it_is_asked_for(parts, monkeypatch):
    calls = []
    real = engine.trace
    monkeypatch.setattr(engine, "trace", lambda *a, **k: (calls.append(1), real(*a, **k))[1])
    trace = StepTrace(*parts)
    assert not calls
    assert trace.loss == trace.data_loss
    assert trace.delta[1] is not None
    assert len(calls) == 1


def test_given_arrays_are_left_as_they_are(parts):
    _, params, X, _ = parts
    before = {name: w.copy() for name, w in params.items()}
    x = X.copy()
    trace = StepTrace(*parts, TrainingSpec(optimizer="adam", learning_rate=1.0))
    assert trace.real_change != 0.0
    np.testing.assert_array_equal(X, x)
    for name, w in params.items():
        np.testing.assert_array_equal(w, before[name])


def test_a_record_that_is_too_large_says_how_many_rows_fit(parts):
    spec, params, X, y = parts
    big = np.repeat(X, 100_000, axis=0)
    with pytest.raises(DataError, match=r"at most (\d+) rows") as error:
        StepTrace(spec, params, big, np.repeat(y, 100_000))
    fit = int(str(error.value).split("at most ")[1].split()[0])
    StepTrace(spec, params, big[:fit], np.repeat(y, 100_000)[:fit])


@pytest.mark.parametrize(
    ("X", "y", "word"),
    [
        ([[1.0, 2.0]], [0], "2 columns"),
        ([[1.0, 2.0, float("nan")]], [0], "row 0, column 2"),
        ([[1.0, 2.0, 3.0]], [5], "class 5"),
        ([["a", "b", "c"]], [0], "real numbers"),
    ],
)
def test_rows_that_cannot_be_used(parts, X, y, word):
    spec, params, _, _ = parts
    with pytest.raises(DataError, match=word):
        StepTrace(spec, params, X, y)
    with pytest.raises(DataError, match=word):
        check_gradients(spec, params, X, y)


def test_classes_may_be_whole_floats_or_lists(parts):
    spec, params, X, y = parts
    trace = StepTrace(spec, params, X.tolist(), y.astype(float).tolist())
    assert trace.loss == StepTrace(spec, params, X, y).loss
    assert check_gradients(spec, params, X.tolist(), y.astype(float)).ok


def test_shares_are_what_reduces_the_loss(parts):
    weight = np.arange(8.0)
    for reduction in ("mean", "sum"):
        training = TrainingSpec(reduction=reduction)
        trace = StepTrace(*parts, training, sample_weight=weight)
        assert trace.losses @ trace.shares == pytest.approx(trace.data_loss, rel=1e-14)


def test_a_state_goes_on(parts):
    training = TrainingSpec(optimizer="adam")
    first = StepTrace(*parts, training)
    second = StepTrace(*parts, training, state=first.state_after)
    assert second.header()["step"] == 1
    assert not np.array_equal(first["update_W1"], second["update_W1"])


def test_arrays_by_name(trace):
    assert (
        trace["frequency"].shape
        == trace["dL_dfrequency"].shape
        == trace["update_frequency"].shape
        == (2, 6)
    )
    assert trace["dL_dactivation_weight1"].shape == trace["update_activation_weight1"].shape == (5,)
    assert trace["a0"].shape == trace["delta0"].shape == (12, trace.spec.n_inputs)
    np.testing.assert_allclose(trace["a0"], trace["scale"] * trace.layers[2].out, rtol=1e-15)
    back = trace.delta[1] @ trace["W1"] / np.sqrt(trace.spec.n_inputs)
    np.testing.assert_allclose(trace.dl_da(0), back, rtol=1e-12, atol=1e-16)
    form = json.loads(json.dumps(trace.to_json()))
    assert form["arrays"]["X"] == trace.X.tolist()
    assert form["arrays"]["update_scale"] == trace["update_scale"].tolist()
    assert "frequency" in repr(trace) and "2 x 6" in repr(trace)
    assert "bill~0" not in draw(trace)  # wide layers are drawn as matrices
