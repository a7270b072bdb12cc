"""Gradients and activations by layer, against the trace."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule
from chainrule.explain.examples import mazur
from chainrule.plots import (
    ActivationsDisplay,
    GradientsDisplay,
    plot_activations,
    plot_gradients,
)


def labels(display):
    return [label.get_text() for label in display.ax_.get_yticklabels()]


def test_estimators_and_networks(classifier, table, network):
    net, X, y = network
    weights = [at for at in classifier.spec_.walk if at.parameters]
    assert len(GradientsDisplay.from_estimator(classifier, *table).gradients) == len(weights) > 3
    assert len(ActivationsDisplay.from_network(net, X, y).activations) == 2
    display = plot_gradients(net, X, y, sample_weight=np.array([1, 1, 0, 0]))
    trace = net.trace(X[:2], y[:2])
    np.testing.assert_allclose(display.gradients[0], np.abs(trace.dL_dW[1]).ravel(), rtol=1e-12)


def test_every_activation_is_in_a_bar(classifier, table):
    display = plot_activations(classifier, *table)
    half = np.linspace(0, display_max(display), 61)
    edges = np.concatenate([-half[:0:-1], half])  # selu is negative, too
    for place, a in enumerate(display.activations):
        base = len(display.activations) - 1 - place
        bars = [bar for bar in display.ax_.patches if bar.get_y() == base]
        left_to_right = sorted(bars, key=lambda bar: bar.get_x())
        shares = np.array([bar.get_height() for bar in left_to_right]) ** 2
        counts = np.histogram(a, edges)[0]
        counts = counts[-len(shares) :]  # those of 0 have no bars on the left
        np.testing.assert_allclose(shares / shares.sum(), counts / counts.sum(), atol=1e-12)


def display_max(display):
    return max(np.abs(a).max() for a in display.activations)


def test_negative_activations_are_hatched(network):
    display = plot_activations(*network)
    hatched = [bar for bar in display.ax_.patches if bar.get_hatch() and bar.get_height() > 0]
    plain = [bar for bar in display.ax_.patches if not bar.get_hatch() and bar.get_height() > 0]
    assert hatched and plain
    assert all(bar.get_x() < 0 for bar in hatched)
    assert all(bar.get_x() >= 0 for bar in plain)


def test_dead_and_saturated_units_are_said():
    net = chainrule.Network([2, 3, 2], activation=["relu"], output_activation="sigmoid")
    weights = [np.array([[1.0, 1.0], [-9.0, -9.0], [2.0, 0.0]]), np.full((2, 3), 50.0)]
    net.weights = weights
    net.biases = [np.zeros(3), np.zeros(2)]
    X = np.array([[1.0, 1.0], [2.0, 1.0]])
    display = plot_activations(net, X, np.zeros((2, 2)))
    assert display.facts(0) == "1 of 3 units dead"
    assert display.facts(1) == "100 % saturated"
    assert labels(display)[0] == "layer 1 relu\n1 of 3 units dead"


def test_constant_zero_activations_can_be_drawn():
    display = ActivationsDisplay(activations=[np.zeros((3, 2))], slopes=[None], labels=["zero"])
    assert display.plot().facts(0) == ""


@pytest.mark.parametrize("plot", [plot_gradients, plot_activations])
def test_given_axes(plot):
    from matplotlib import pyplot

    ax = pyplot.subplots()[1]
    display = plot(mazur().trace(), ax=ax)
    assert display.ax_ is ax
    assert ax.get_title(loc="left").endswith("1 row · step 0")
    assert display.plot(title="").ax_.get_title(loc="left") == ""


def test_a_display_is_drawn_again_in_another_style(network):
    display = plot_activations(*network).plot(bar_kwargs={"alpha": 0.5})
    assert {bar.get_alpha() for bars in display.bars_ for bar in bars} == {0.5}
    boxes = plot_gradients(*network).plot(box_kwargs={"widths": 0.1}).boxes_
    assert list(boxes) == ["layer 1 tanh", "layer 2 sigmoid"]
