"""LaTeX: indices below, layers above, and names that stay text."""

from __future__ import annotations

import re

import pytest

from chainrule.explain.explain import explain
from chainrule.explain.notation.tree import Quantity
from chainrule.explain.render.latex import LatexWriter
from rendered import HOSTILE, trace_of


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity("dL_dw", 1.0, 1, 3, 2), r"\partial L/\partial W_{3,2}^{(1)}"),
        (Quantity("new_b", 1.0, 2, 0), r"{b_{0}^{(2)}}'"),
        (Quantity("delta", 1.0, 1, 3, row=7, over_rows=True), r"\delta_{3}^{(1)}\,[7]"),
        (Quantity("scale", 1.0, None, 5), r"\mathrm{scale}_{5}"),
    ],
)
def test_symbols(quantity, text):
    assert LatexWriter(4).symbol(quantity) == text


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_text(name):
    latex = explain(trace_of(names=(name, "b", "c", "d")), "W1[0,0]").to_latex()
    assert r"\input" not in latex.replace(r"\textbackslash{}input", "")
    bare = re.sub(r"\\[{}]", "", latex)
    assert bare.count("{") == bare.count("}")
