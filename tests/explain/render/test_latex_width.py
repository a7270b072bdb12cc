"""Widths beside those that pdflatex gave: never too small, and hardly too large."""

from __future__ import annotations

import pytest

from chainrule.explain.render.latex_width import latex_width

# Printed by pdflatex for \hbox{$\displaystyle ...$} in an article at 10 pt.
MEASURED = {
    r"\partial L/\partial W_{10,2}^{(1)}": 47.8,
    r"\frac{0.8607 \cdot 0.8589 \cdot (-0.6233) \cdot 1.111 \cdot 0.5000 + 0.9447}{5.501}"
    r" + 0.1 \cdot (-0.8218)": 296.3,
    r"\sqrt{\hat v} + \varepsilon": 30.4,
    r"\sqrt{2.074 \times 10^{-7}} + 1 \times 10^{-8}": 115.9,
    r"\Bigl(W_{0,10}^{(2)} \cdot \delta_{0}^{(2)} + W_{1,10}^{(2)} \cdot \delta_{1}^{(2)}\Bigr)"
    r" \cdot \sigma'(z_{10}^{(1)})": 158.0,
    r"\exp(-0.5) + \ln(0.3) + \max(0, 1.3) + \operatorname{sign}(W_{1,2}^{(3)})": 204.4,
    r"\mathrm{norm\_gain}_{3}^{(2)} + \mathrm{frequency}_{3,4}": 120.7,
    r"\text{error times the slope: a long sentence with (12 more), from the line 17 of x}": 328.9,
    r"{W_{10,2}^{(1)}}' - \frac{\eta \cdot \hat m}{\sqrt{\hat v} + \varepsilon}": 72.1,
    r"s@1 \cdot \delta_{10}^{(1)}@1 \cdot a_{2}^{(0)}@1 \cdot m_{2}@1 \cdot 1/\sqrt{n}": 153.9,
    r"\lVert g\rVert = \ln\Sigma e^{z}": 54.9,
}


@pytest.mark.parametrize("formula", MEASURED)
def test_widths_are_those_of_computer_modern(formula):
    assert MEASURED[formula] <= latex_width(formula) <= 1.12 * MEASURED[formula] + 6
