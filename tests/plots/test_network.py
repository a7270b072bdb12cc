"""Pictures of networks show the trace's numbers, with signs that need no colour."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.errors import SpecError
from chainrule.explain.examples import mazur
from chainrule.plots import NetworkDisplay, plot_network


def texts(display):
    return [text.get_text() for text in display.ax_.texts]


def test_mazur():
    display = plot_network(mazur().trace())
    found = texts(display)
    for number in ("0.0500", "0.100", "0.593", "0.597", "0.751", "0.773"):
        assert number in found
    assert len(display.ax_.lines) == 8
    assert display.figure_ is display.ax_.figure


def test_negative_numbers_are_dashed_and_have_a_sign():
    trace = mazur().trace()
    display = plot_network(trace, view="gradients")
    assert "−0.0381" in texts(display) and "0.138" in texts(display)
    dashed = [line for line in display.ax_.lines if line.get_linestyle() == "--"]
    negative = sum(int((trace.dL_dW[l] < 0).sum()) for l in (1, 2))
    assert len(dashed) == negative == 2
    colours = {line.get_color() for line in dashed}
    assert colours.isdisjoint(
        line.get_color() for line in display.ax_.lines if line.get_linestyle() == "-"
    )


def test_the_largest_weight_is_the_widest_line():
    trace = mazur().trace()
    display = plot_network(trace)
    into_2 = [line for line in display.ax_.lines if list(line.get_xdata()) == [1, 2]]
    widest = max(into_2, key=lambda line: line.get_linewidth())
    j, i = np.unravel_index(np.abs(trace.W[2]).argmax(), trace.W[2].shape)
    assert list(widest.get_ydata()) == [0.5 - i, 0.5 - j]


def test_wide_layers_show_their_largest_units(classifier, table):
    X, y = table
    display = plot_network(classifier, X, y, row=3, view="gradients", max_units=6)
    delta = np.abs(display.trace.delta[1][3])
    assert len(display.units_[1]) == 6
    assert delta[display.units_[1]].min() >= np.delete(delta, display.units_[1]).max()
    assert any("10 more units" in text for text in texts(display))
    for name in ("low", "mid", "high"):
        assert name in texts(display)
    assert any(text.startswith("length") for text in texts(display))


def test_many_lines_are_thinned_and_it_says_so(classifier, table):
    display = plot_network(classifier, *table)
    into_1 = [line for line in display.ax_.lines if list(line.get_xdata()) == [0, 1]]
    assert len(into_1) == 40
    assert display.ax_.get_legend().get_title().get_text() == "the 40 largest of each layer"


def test_given_axes_and_constructors(network):
    from matplotlib import pyplot

    net, X, y = network
    _, axes = pyplot.subplots(1, 2)
    assert plot_network(net, X, y, ax=axes[1]).ax_ is axes[1]
    assert NetworkDisplay.from_network(net, X, y, row=2, ax=axes[0]).row == 2


def test_names_are_no_formulas(classifier, table):
    display = plot_network(classifier, *table)
    display.figure_.canvas.draw()  # a "$" in a name must not start mathematics
    assert "place=far $away$" in texts(display)


def test_refusals(network):
    net, X, y = network
    with pytest.raises(SpecError, match="view must be"):
        plot_network(net, X, y, view="weights")
    with pytest.raises(SpecError, match="row 4 does not exist"):
        plot_network(net, X, y, row=4)
    with pytest.raises(TypeError, match="X and y are needed"):
        plot_network(net)
    with pytest.raises(TypeError, match="found list"):
        plot_network([], X, y)
    with pytest.raises(TypeError, match="leave out X"):
        plot_network(net.trace(X, y), X, y)
