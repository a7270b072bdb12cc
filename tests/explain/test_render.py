"""The renderings: 80 columns, ASCII where asked, names that stay text, numbers with a home."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.explain import explain
from chainrule.explain.notation.names import Names
from chainrule.explain.render.mathml import fragment
from chainrule.explain.trace import StepTrace
from chainrule.spec import (
    ACTIVATIONS,
    LOSSES,
    OPTIMIZERS,
    Dense,
    Dropout,
    Loss,
    NetworkSpec,
    TrainingSpec,
)

HOSTILE = [
    "<script>alert(1)</script>",
    "</math><img src=x onerror=alert(1)>",
    r"\input{/etc/passwd} $x$ & 5% #1 _^~{}",
    "\"]}' `x`",
]


def trace_of(activation="tanh", loss="squared_error", optimizer="sgd", names=(), seed=0):
    output, _ = LOSSES[loss]
    n_out = 3
    quantiles = (0.1, 0.5, 0.9) if loss == "pinball" else ()
    spec = NetworkSpec(
        4,
        (Dropout(0.1), Dense(12, activation, True), Dense(5, activation), Dense(n_out, output)),
        Loss(loss, quantiles=quantiles),
    )
    rng = np.random.default_rng(seed)
    n = 7
    y = rng.integers(0, 2, n) if loss == "cross_entropy" else rng.integers(0, 2, (n, n_out)) * 1.0
    if loss == "pinball":
        y = y[:, :1]
    training = TrainingSpec(optimizer=optimizer, l1=0.01, l2=0.1, weight_decay=0.1, clip_norm=0.01)
    params = engine.initialize(spec, seed=seed, dtype="float64")
    return StepTrace(
        spec, params, rng.standard_normal((n, 4)), y, training,
        sample_weight=rng.uniform(0.5, 1, n), dropout_epoch=0, names=Names(spec, names),
    )  # fmt: skip


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


def test_every_number_of_an_equation_has_its_home():
    found = explain(trace_of(), "W2[1,3]", row=2)
    numbers = re.findall(r"<mn([^>]*)>", fragment(found))
    homes = [text for text in numbers if "data-ref" in text]
    assert 'data-ref="delta/2/1@' in "".join(homes)
    constants = {"1", "0.5", "2"}
    bare = re.findall(r"<mn>([^<]*)</mn>", fragment(found))
    rests = [text for text in bare if text not in constants]
    assert len(rests) <= 12  # sums of the terms that are not shown have no single home


def test_every_number_with_a_home_is_the_traces_with_its_sign():
    trace = trace_of()
    page = fragment(explain(trace, "W2[1,3]", row=2, digits="full"))
    found = re.findall(r'<mn data-ref="(\w+)/(\d)/(\d+)(?:/(\d+))?(?:@(\d))?">([^<]*)</mn>', page)
    assert len(found) > 20
    for kind, l, j, i, row, text in found:
        number = float(text.replace("−", "-"))
        if kind in ("z", "a", "delta", "slope"):
            assert number == getattr(trace, kind)[int(l)][int(row), int(j)]
        elif kind == "w":
            assert number == trace.params[f"W{l}"][int(j), int(i)]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_text(name):
    trace = trace_of(names=(name, "b", "c", "d"))
    found = explain(trace, "W1[0,0]")
    page = found.to_html()
    assert "<script" not in page and "<img" not in page
    ElementTree.fromstring(fragment(found))
    assert name in json.loads(json.dumps(found.to_json()))["header"]["inputs"]
    latex = found.to_latex()
    assert r"\input" not in latex.replace(r"\textbackslash{}input", "")
    bare = re.sub(r"\\[{}]", "", latex)
    assert bare.count("{") == bare.count("}")


def test_digits():
    trace = trace_of()
    full = explain(trace, "W1[0,0]", digits="full")
    assert repr(full.value) in str(full).replace("−", "-")
    assert "all digits" in str(full)
    assert "rounded to 7 digits" in str(explain(trace, "W1[0,0]", digits=7))


def test_notebooks_get_mathematics():
    found = explain(trace_of(), "W1[0,0]")
    assert "<math" in found._repr_html_()
    assert r"\begin{align*}" in found._repr_latex_()
    assert repr(found) == str(found) == found.to_text()
