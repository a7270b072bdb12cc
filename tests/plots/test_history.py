"""The drawn curves are those of the history."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule
from chainrule.plots import HistoryDisplay, plot_history
from chainrule.spec import History


def test_an_estimator(classifier):
    display = plot_history(classifier)
    training, validation, kept = display.ax_.lines
    np.testing.assert_array_equal(training.get_ydata(), classifier.loss_curve_)
    np.testing.assert_array_equal(validation.get_ydata(), classifier.validation_curve_)
    assert list(training.get_xdata()) == list(range(8))
    best = classifier.best_epoch_
    assert list(kept.get_xdata()) == [best]
    assert list(kept.get_ydata()) == [classifier.validation_curve_[best]]
    assert validation.get_linestyle() == "--"  # told apart without colour, too
    assert f"epoch {best}" in kept.get_label()


def test_a_network_and_a_history(network):
    net, _, _ = network
    one, other = plot_history(net), plot_history(net.history)
    assert list(one.ax_.lines[0].get_ydata()) == list(other.ax_.lines[0].get_ydata())
    assert len(one.ax_.lines) == 1


@pytest.mark.parametrize(
    ("loss", "log", "scale"),
    [
        ([1.0, 0.5], None, "linear"),
        ([1.0, 0.05], None, "log"),
        ([1.0, 0.05], False, "linear"),
        ([1.0, 0.5], True, "log"),
        ([0.0, 0.0], True, "linear"),
        ([-3.0, -4.0], None, "linear"),
    ],
)
def test_the_scale(loss, log, scale):
    assert HistoryDisplay(loss=loss).plot(log=log).ax_.get_yscale() == scale


def test_refusals():
    with pytest.raises(ValueError, match="call fit first"):
        plot_history(chainrule.Network([2, 1]))
    with pytest.raises(TypeError, match="found int"):
        plot_history(3)
    assert plot_history(History(loss=[1.0])).figure_ is not None
