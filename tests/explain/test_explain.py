"""What can be asked of an explanation, and what cannot."""

from __future__ import annotations

import json

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import DataError, SpecError
from chainrule.explain.examples import xor
from chainrule.explain.explain import explain, explain_all
from chainrule.explain.quiz import questions
from chainrule.explain.trace import StepTrace
from chainrule.spec import (
    OPTIMIZERS,
    Dense,
    Loss,
    NetworkSpec,
    TrainingSpec,
)


def test_rows_can_be_named_in_the_quantity(traced):
    assert explain(traced, "delta2[1]@7").row == 7
    assert explain(traced, "delta2[1]@7", row=3).row == 3
    assert explain(traced, "delta2[1]@7").value == traced.delta[2][7, 1]


@pytest.mark.parametrize("row", [12, -1, 1.5])
def test_rows_that_do_not_exist(traced, row):
    with pytest.raises(DataError, match="rows are 0 to 11"):
        explain(traced, "W1[0,0]", row=row)


@pytest.mark.parametrize("options", [{"top": 0}, {"top": 2.5}, {"check": "magic"}])
def test_options_that_cannot_be(traced, options):
    with pytest.raises(SpecError):
        explain(traced, "W1[0,0]", **options)


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_extreme_numbers_do_not_stop_an_explanation(optimizer):
    spec = NetworkSpec(2, (Dense(2, "elu"), Dense(2, "softmax")), Loss("cross_entropy"))
    params = {name: np.full(shape, 500.0) for name, shape in spec.parameter_shapes.items()}
    params["W2"][1] = -500.0
    params["W1"][1] = -1e160
    constants = {"epsilon": 0.0} if "epsilon" in OPTIMIZERS[optimizer] else {}
    training = TrainingSpec(optimizer=optimizer, **constants)
    trace = StepTrace(spec, params, np.ones((2, 2)), [0, 1], training)
    for quantity in ("W1[1,0]", "W2[0,0]", "a2[0]", "z2[1]", "loss", "delta1[0]"):
        found = explain(trace, quantity)
        assert str(found) and found.to_latex() and found.to_html() and found.to_json()


def test_a_float32_trace_is_not_explained(traced):
    single = {name: w.astype(np.float32) for name, w in traced.params.items()}
    trace = StepTrace(traced.spec, single, traced.X, traced.y, dtype="train")
    with pytest.raises(SpecError, match="float64"):
        explain(trace, "loss")


def test_all_parameters_of_a_small_network():
    found = explain_all(xor().trace())
    assert [e.quantity for e in found][:5] == ["W1[0,0]", "W1[0,1]", "W1[1,0]", "W1[1,1]", "b1[0]"]
    assert len(found) == 9


def test_zero_weights_and_single_rows():
    spec = NetworkSpec(2, (Dense(2, "tanh"), Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec, dtype="float64")
    weighted = StepTrace(spec, params, np.ones((1, 2)), np.ones(1), sample_weight=np.array([0.3]))
    assert explain(weighted, "W1[0,0]").check.ok
    mixed = StepTrace(spec, params, np.ones((2, 2)), np.ones(2), sample_weight=np.array([0.0, 2.0]))
    assert explain(mixed, "W1[0,0]").row == 1


def test_every_parameter_is_explained_and_checked_in_every_form(trace):
    explanations = explain_all(trace, check="complex")
    assert len(explanations) == trace.spec.n_parameters
    for explanation in explanations:
        assert explanation.check.ok and explanation.check.error < 1e-10, explanation.quantity
    for explanation in explanations[::9]:
        json.dumps(explanation.to_json())
        for written in (
            explanation.to_text(unicode=False),
            explanation.to_latex(),
            explanation.to_html(),
        ):
            assert "None" not in written
        assert explanation.to_text(unicode=False).isascii()
        assert questions(explanation)
