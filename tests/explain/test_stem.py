"""Explanations of what stands before layer 1 and of activations that blend, by hand and in full."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.diagnosis.diagnose import diagnose
from chainrule.explain.trace.draw import draw
from chainrule.explain.explain import explain, explain_all
from chainrule.explain.notation.names import Names
from chainrule.explain.quiz import questions
from chainrule.explain.trace import StepTrace
from chainrule.explain.check.verify import check_gradients
from chainrule.reference.fit import fit
from chainrule.spec import (
    CategoryEmbedding,
    Dense,
    Dropout,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Scale,
    TrainingSpec,
)

ROOT3 = math.sqrt(3.0)


@pytest.fixture
def one_wave():
    """One row whose angle is pi/3, one wave, one linear unit, as in `tests/reference/test_stem`."""
    layers = (PeriodicEmbedding(1, frequencies=1, outputs=1), Scale(), Dense(1))
    spec = NetworkSpec(1, layers, Loss("squared_error"))
    params = {
        "freq": np.array([[0.25]]),
        "phase": np.array([[0.0]]),
        "mix": np.array([[2.0]]),
        "shift": np.array([[0.5]]),
        "scale": np.array([2.0, 3.0]),
        "W1": np.array([[1.0, -1.0]]),
        "b1": np.array([0.5]),
    }
    training = TrainingSpec(optimizer="sgd", learning_rate=0.1)
    X, y = np.array([[2.0 / 3.0]]), np.array([[1.0]])
    return StepTrace(spec, params, X, y, training, names=Names(spec, ("x",)))


@pytest.fixture
def trace():
    """Every part at once: twelve rows, masks of an epoch, factors and decay by family."""
    layers = (
        PeriodicEmbedding(2, 6, 3),
        CategoryEmbedding((3,), 4),
        Scale(),
        Dense(5, "selu", ntk=True, blend=True),
        Dropout(0.2),
        Dense(4, "tanh", ntk=True, blend=True),
        Dense(3, "softmax", ntk=True),
    )
    spec = NetworkSpec(4, layers, Loss("cross_entropy"))
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=(12, 3)), rng.integers(0, 4, 12)])
    training = TrainingSpec(
        learning_rate_factors={"freq": 0.1, "scale": 6.0},
        weight_decay=0.02,
        weight_decay_factors={"scale": 36.0, "blend": 0.01},
    )
    return StepTrace(
        spec,
        engine.initialize(spec, seed=1),
        X,
        rng.integers(0, 3, 12),
        training,
        sample_weight=rng.uniform(0.5, 2.0, 12),
        names=Names(spec, ("bill", "flip", "sex?", "island"), ("A", "B", "C")),
        dropout_epoch=3,
    )


@pytest.mark.parametrize(
    ("quantity", "value", "line"),
    [
        ("freq[x,0]", -4.0 * math.pi / ROOT3, "  ∂L/∂f₁₁ = ∂ℓ/∂u₁₁·2π·x₁"),
        ("phase[0,0]", -ROOT3, "  ∂ℓ/∂u₁₁ = −M₁₁·∂ℓ/∂h₁·sin(u₁₁)"),
        ("mix[0,0]", 0.5, "  ∂L/∂M₁₁ = ∂ℓ/∂h₁·cos(u₁₁)"),
        ("shift[0,0]", 1.0, "  ∂ℓ/∂h₁ = γ₁·∂ℓ/∂a₁⁽⁰⁾"),
        ("scale[x~1]", 0.75, "  h₁ = M₁₁·cos(u₁₁) + τ₁₁"),
        ("scale[x]", -1.0 / 3.0, "  h₂ = x₁  =  0.6667"),
        ("W1[0,x~1]", 1.5, "  a₁⁽⁰⁾ = γ₁·h₁"),
        ("a0[x~1]", 3.0, "  u₁₁ = 2π·f₁₁·x₁ + θ₁₁"),
        ("z1[0]", 1.5, "  u₁₁ = 2π·f₁₁·x₁ + θ₁₁"),
    ],
)
def test_one_wave_by_hand(one_wave, quantity, value, line):
    explanation = explain(one_wave, quantity)
    assert explanation.value == pytest.approx(value, rel=1e-13)
    assert explanation.check.verdict == "ok"
    assert line in explanation.to_text()
    for equation in explanation.equations:
        assert equation.right[-1].value == pytest.approx(equation.left.value, rel=1e-12)


def test_a_blend_by_hand():
    """z = -2 and relu: a = z + (0 - z)/4 = -1.5, slope 3/4."""
    spec = NetworkSpec(1, (Dense(1, "relu", blend=True), Dense(1)), Loss("squared_error"))
    one = np.ones((1, 1))
    params = {"W1": one, "b1": np.zeros(1), "blend1": np.array([0.25]), "W2": 3.0 * one,
              "b2": np.zeros(1)}  # fmt: skip
    trace = StepTrace(spec, params, -2.0 * one, -5.5 * one, TrainingSpec(optimizer="sgd"))
    blend = explain(trace, "blend1[0]")
    assert blend.value == 1.0 * 3.0 * (0.0 + 2.0)  # delta w (sigma(z) - z)
    assert "∂L/∂α₁⁽¹⁾ = ∂ℓ/∂a₁⁽¹⁾·(σ(z₁⁽¹⁾) − z₁⁽¹⁾)" in blend.to_text()
    assert explain(trace, "a1[0]").value == -1.5
    delta = explain(trace, "delta1[0]")
    assert delta.value == 3.0 * 0.75
    assert "a′(z₁⁽¹⁾) = 1 + α₁⁽¹⁾·(σ′(z₁⁽¹⁾) − 1)" in delta.to_text()
    assert explain(trace, "W1[0,0]").paths.shown[0].value == -2.0 * 0.75 * 3.0 * 1.0


def test_the_rows_of_a_level(trace):
    explanation = explain(trace, "levels[2,1]", top=None)
    met = {part.row for part in explanation.rows.parts if part.value}
    assert met == set(np.flatnonzero(trace.X[:, 3] == 2.0))
    assert "vector of level 2 of island" in explanation.what
    assert "missing and unknown levels" in explain(trace, "levels[0,1]").what


def test_the_update_knows_the_factors_of_a_family(trace):
    eta = {"freq[0,1]": 1e-4, "scale[2]": 6e-3, "blend1[0]": 1e-3}
    decay = {"freq[0,1]": 0.0, "scale[2]": 6e-3 * 0.02 * 36.0, "blend1[0]": 1e-3 * 0.02 * 0.01}
    for quantity, rate in eta.items():
        explanation = explain(trace, quantity)
        asked = trace.names.parse(quantity)
        w = float(trace.params[asked.tensor][asked.at])
        g = explanation.value
        expected = w * (1.0 - decay[quantity]) - rate * g / (abs(g) + 1e-8)
        assert explanation.update[-1].left.value == pytest.approx(expected, rel=1e-12)
        assert explanation.update[-1].right[-1].value == pytest.approx(expected, rel=1e-12)
        assert ("weight decay stands in the update" in explanation.to_text()) == (
            decay[quantity] > 0
        )


def test_names_cells_and_sentences(trace):
    trace.raw = [{"bill": 39.5, "flip": 181.0, "sex": "male", "island": "Dream"}] * 12
    text = {q: str(explain(trace, q, row=0)) for q in ("W1[3,bill~2]", "freq[flip,3]", "mix[4,0]")}
    assert "from input 2 (bill~2)" in text["W1[3,bill~2]"]
    assert "from the cell 39.5 of bill" in text["W1[3,bill~2]"]
    assert "frequency 4 of flip" in text["freq[flip,3]"]
    assert "from the cell 181.0 of flip" in text["freq[flip,3]"]
    assert "frequency 1 in wave 2\n  of flip" in text["mix[4,0]"]
    assert "the scale of input 10 (island#1)" in explain(trace, "scale[9]").what
    level = " ".join(str(explain(trace, "levels[1,0]", row=0)).split())
    assert "from the cell 'Dream' of island" in level


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


def test_arrays_by_name(trace):
    assert trace["freq"].shape == trace["dL_dfreq"].shape == trace["update_freq"].shape == (2, 6)
    assert trace["dL_dblend1"].shape == trace["update_blend1"].shape == (5,)
    assert trace["a0"].shape == trace["delta0"].shape == (12, trace.spec.n_inputs)
    np.testing.assert_allclose(trace["a0"], trace["scale"] * trace.h, rtol=1e-15)
    back = trace.delta[1] @ trace["W1"] / np.sqrt(trace.spec.n_inputs)
    np.testing.assert_allclose(trace.dl_da(0), back, rtol=1e-12, atol=1e-16)
    form = json.loads(json.dumps(trace.to_json()))
    assert form["arrays"]["X"] == trace.X.tolist()
    assert form["arrays"]["update_scale"] == trace["update_scale"].tolist()
    assert "freq" in repr(trace) and "2 x 6" in repr(trace)
    assert "bill~1" not in draw(trace)  # wide layers are drawn as matrices


def test_gradients_are_checked_in_both_number_types(trace):
    arguments = (trace.spec, engine.initialize(trace.spec, seed=1), trace.X, trace.y)
    report = check_gradients(*arguments, trace.training, names=trace.names)
    assert report.ok and report.n_checked == trace.spec.n_parameters, str(report)
    assert {tensor.name for tensor in report.tensors} == set(trace.spec.parameter_shapes)
    assert check_gradients(*arguments, parameters=["scale", "blend2"]).ok


def test_diagnosis_of_a_trained_network(trace):
    training = TrainingSpec(epochs=30, learning_rate=0.01, batch_size=4)
    X = np.random.default_rng(2).normal(size=(80, 4))
    X[:, 3] = np.arange(80) % 4
    y = (np.sin(3.0 * X[:, 0]) > 0).astype(int) + (X[:, 3] == 1)
    result = engine.fit(trace.spec, engine.initialize(trace.spec), X, y, training)
    found = diagnose(trace.spec, result.params, X, y, training, result.history, names=trace.names)
    assert "unscaled-inputs" not in {finding.code for finding in found}
    params, _, _ = fit(trace.spec, engine.initialize(trace.spec, dtype="float64"), X, y, training)
    assert max(np.abs(params[n] - result.params[n]).max() for n in params) < 1e-2
    bad = {**result.params, "scale": np.full_like(result.params["scale"], np.inf)}
    assert "non-finite" in {finding.code for finding in diagnose(trace.spec, bad, X, y, training)}
