"""Every kind of equation in every form: 80 columns, ASCII where asked, nothing left open."""

from __future__ import annotations

import json
import re
import warnings
from xml.etree import ElementTree

import pytest

from chainrule.explain.explain import explain
from chainrule.explain.render.html import fragment
from chainrule.spec import (
    ACTIVATIONS,
    LOSSES,
    OPTIMIZERS,
)
from rendered import trace_of

CASES = [
    *[(activation, "squared_error", "sgd") for activation in ACTIVATIONS],
    *[("tanh", loss, "sgd") for loss in LOSSES],
    *[("tanh", "squared_error", optimizer) for optimizer in OPTIMIZERS],
]


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_every_rendering_of_every_kind(case):
    trace = trace_of(*case)
    for quantity in ("W1[10,2]", "delta1[3]", "a2[1]", "loss", "z3[0]"):
        found = explain(trace, quantity, row=2, check="none")
        ascii_text = found.to_text(unicode=False)
        assert ascii_text.isascii()
        for line in (*ascii_text.splitlines(), *found.to_text().splitlines()):
            assert len(line) <= 80, line
        latex = found.to_latex()
        assert latex.count("{") == latex.count("}")
        assert latex.count(r"\left") == latex.count(r"\right")
        assert "'^" not in latex and not re.search(r"\^\{[^{}]*\}\^", latex)  # double superscripts
        json.dumps(found.to_json(), allow_nan=False)
        body = fragment(found).replace("&nbsp;", " ")
        ElementTree.fromstring(body)  # well formed, so nothing is left open


def test_numbers_that_overflow_are_written_in_every_form():
    trace = trace_of("relu", scale=1e200)
    for quantity in ("W1[10,2]", "loss"):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = explain(trace, quantity, row=2, check="none", full=True)
        assert "inf" in found.to_text() or "NaN" in found.to_text()
        assert r"\infty" in found.to_latex() or r"\mathrm{NaN}" in found.to_latex()
        assert "nanpt" not in found.to_latex() and "infpt" not in found.to_latex()
        ElementTree.fromstring(fragment(found).replace("&nbsp;", " "))
