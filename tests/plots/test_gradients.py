"""Gradients by layer, against the trace."""

from __future__ import annotations

import numpy as np

from chainrule.explain.examples import mazur
from chainrule.plots import (
    GradientsDisplay,
    plot_gradients,
)


def labels(display):
    return [label.get_text() for label in display.ax_.get_yticklabels()]


def test_the_median_gradient_stands_in_its_box():
    trace = mazur().trace()
    display = plot_gradients(trace)
    assert display.ax_.get_xscale() == "log"
    drawn = {round(float(line.get_xdata()[0]), 15) for line in display.ax_.lines}
    for l in (1, 2):
        assert round(float(np.median(np.abs(trace.dL_dW[l]))), 15) in drawn
    assert labels(display) == ["layer 1 sigmoid", "layer 2 sigmoid"]


def test_gradients_of_0_are_counted():
    gradients = [np.array([[0.0, 0.0, 1.0, -2.0]]), np.zeros((2, 2))]
    display = GradientsDisplay(gradients=gradients, labels=["one", "two"]).plot()
    assert labels(display) == ["one\n50 % are 0", "two\n100 % are 0"]
