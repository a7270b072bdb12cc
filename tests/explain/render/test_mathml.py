"""Numbers have their home in the trace, and names stay text."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from chainrule.explain.explain import explain
from chainrule.explain.render.mathml import fragment
from rendered import HOSTILE, trace_of


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
