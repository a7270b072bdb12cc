"""Every layer kind of the closed set is written down: axes, words, equations, gradient factors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from chainrule import spec
from chainrule.explain.derivation.asked import Asked
from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.derivation.gradient import Gradient
from chainrule.explain.derivation.kinds import KINDS, kind_of
from chainrule.explain.derivation.layer import Layer
from chainrule.explain.derivation.names import Names
from chainrule.explain.derivation.words import what
from chainrule.explain.explain import explain, explain_all
from chainrule.explain.notation.symbols import SYMBOLS
from chainrule.explain.notation.tree import Equation, product
from chainrule.explain.trace import StepTrace
from kinds import examples, network_with
from strategies import random_params, random_rows

CASES = [
    pytest.param(layer, id=f"{kind}-{k}")
    for kind in spec.KINDS
    for k, layer in enumerate(examples(kind))
]


def traced(layer, dropout_epoch=2):
    network = network_with(layer)
    rng = np.random.default_rng(5)
    X = random_rows(rng, network, 6)
    return StepTrace(
        network, random_params(rng, network), X, rng.normal(size=(6, network.n_outputs)),
        spec.TrainingSpec(optimizer="sgd", l1=0.01, l2=0.1),
        sample_weight=rng.uniform(0.5, 2.0, 6),
        dropout_epoch=dropout_epoch if any(network.dropout_rates) else None,
        names=Names(network, ("p", "q", "r", "s"), tuple("ABCDEFGH"[: network.n_outputs])),
    )  # fmt: skip


def close(found, expected):
    return found == pytest.approx(expected, rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("kind", spec.KINDS)
def test_a_kind_is_written_down(kind):
    assert kind in KINDS, f"The layer kind '{kind}' has no file in explain/derivation/."
    assert issubclass(KINDS[kind], Layer)
    for layer in examples(kind):
        network = network_with(layer)
        names = Names(network)
        for at in network.walk:
            for name, parameter in at.parameters.items():
                try:
                    axes = names.axes(name)
                    words = what(names, Asked.of_parameter(network, name, (0,) * len(axes)), 0, 1)
                except NotImplementedError:
                    pytest.fail(f"The layer kind '{at.layer.kind}' has no axes or words: '{name}'.")
                sizes = tuple(axis.size for axis in axes)
                assert sizes == parameter.shape, f"The axes of '{name}' do not fit its shape."
                assert len(words) > len("gradient of the loss by "), name


def test_no_parameter_is_written_like_another_quantity():
    for kind in spec.KINDS:
        for layer in examples(kind):
            for at in network_with(layer).walk:
                for parameter in at.layer.parameters(at.n_in):
                    written = parameter.family.lower()
                    assert written == "w" or written not in SYMBOLS, parameter.family


@pytest.mark.parametrize("layer", CASES)
def test_every_output_and_every_derivative_is_the_engines(layer):
    trace = traced(layer)
    build = Derivation(trace)
    n_checked = 0
    for made in build.layers:
        numbers = trace.recorded.layers[made.at.index]
        if kind_of(made.at).is_named:
            for j in range(made.at.n_out):
                equation = made.forward(j, 3)
                assert close(equation.left.value, numbers.out[3, j]), made.at
                assert close(equation.right[-1].value, equation.left.value), made.at
                n_checked += 1
        if numbers.d_out is not None:
            for j in range(made.at.n_out):
                equation = build.equation(made.derivative(j, 3))
                if made.above is None or equation is None:
                    continue
                value = math.prod(factor.value for factor in made.behind(j, 3))
                assert close(value, numbers.d_out[3, j]), made.at
                assert close(equation.right[-1].value, numbers.d_out[3, j]), made.at
                n_checked += 1
    assert n_checked > 8


@pytest.mark.parametrize("layer", CASES)
def test_every_gradient_is_the_engines(layer):
    trace = traced(layer)
    build = Derivation(trace)
    for name, shape in trace.spec.parameter_shapes.items():
        for index in np.ndindex(*shape):
            gradient = Gradient(build, Asked.of_parameter(trace.spec, name, index))
            equation = gradient.equation()
            assert equation.left.value == trace.grads[name][index]
            assert close(equation.right[-1].value, equation.left.value), (name, index)
            one_row = Equation(gradient.quantity(), (product(gradient.factors(2)),))
            for own in build.slopes(one_row):
                assert close(own.right[-1].value, own.left.value), (name, own.left)


@pytest.mark.parametrize("layer", CASES)
def test_every_parameter_is_explained_and_confirmed(layer):
    trace = traced(layer)
    for explanation in explain_all(trace, check="complex")[::3]:
        assert explanation.check.ok and explanation.check.error < 1e-9, explanation.quantity
        assert str(explanation) and explanation.to_latex() and explanation.to_html()
    for l in range(trace.spec.n_layers + 1):
        for kind in ("z", "a", "delta"):
            if l or kind == "a":
                found = explain(trace, f"{kind}{l}[0]", row=1)
                assert found.check.ok, found.quantity
