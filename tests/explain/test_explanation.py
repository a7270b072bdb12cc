"""An explanation shows itself as text and, in notebooks, as mathematics."""

from __future__ import annotations

from chainrule.explain.explain import explain
from rendered import trace_of


def test_notebooks_get_mathematics():
    found = explain(trace_of(), "W1[0,0]")
    assert "<math" in found._repr_html_()
    assert r"\begin{align*}" in found._repr_latex_()
    assert repr(found) == str(found) == found.to_text()
