"""Pages: numbers have their home in the trace, lines may be broken, names stay text."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from chainrule.explain.explain import explain
from chainrule.explain.render.html import fragment
from rendered import HOSTILE, deep_trace, trace_of


def elements(found):
    return ElementTree.fromstring(fragment(found).replace("&nbsp;", " "))


@pytest.mark.parametrize("quantity", ["W2[1,3]", "delta1[2]", "loss", "b1[0]"])
def test_everything_that_can_be_pointed_at_has_its_home(quantity):
    root = elements(explain(trace_of(optimizer="adam"), quantity, row=2))
    homes = [each.get("data-ref") for each in root.iter() if each.get("data-ref") is not None]
    assert all(homes)
    for tag in ("mn", "data"):
        assert all(each.get("data-ref") for each in root.iter(tag)), tag
    for symbol in [*root.iter("msub"), *root.iter("msubsup")]:
        inside = any(symbol in row.iter() for row in root.iter("mrow") if row.get("data-ref"))
        assert inside or symbol[0].tag == "mo", ElementTree.tostring(symbol)  # a sum has no home
    for row in root.iter("tr"):
        is_total, is_product = row.get("class") == "total", len(row) == 1
        assert row.get("data-ref") or is_total or is_product


def test_rows_units_and_paths_have_theirs():
    homes = set(re.findall(r'<tr data-ref="([^"]*)"', fragment(explain(trace_of(), "W1[3,2]"))))
    kinds = {home.split("/")[0] for home in homes}
    assert kinds == {"row", "unit", "path", "rest"}


def test_every_number_with_a_home_is_the_traces_with_its_sign():
    trace = trace_of()
    page = fragment(explain(trace, "W2[1,3]", row=2, digits="full"))
    found = re.findall(
        r'<mn[^>]* data-ref="(\w+)/(\d)/(\d+)(?:/(\d+))?(?:@(\d))?">([^<]*)</mn>', page
    )
    assert len(found) > 20
    for kind, l, j, i, row, text in found:
        number = float(text.replace("−", "-"))
        if kind in ("z", "a", "delta", "slope"):
            assert number == getattr(trace, kind)[int(l)][int(row), int(j)]
        elif kind == "w":
            assert number == trace.params[f"W{l}"][int(j), int(i)]


def test_numbers_in_sentences_keep_their_digits():
    found = explain(trace_of(), "W1[0,0]")
    values = {each.get("data-ref"): each.get("value") for each in elements(found).iter("data")}
    assert float(values["W1[0,0]"]) == found.value
    numbers = {float(value) for value in values.values()}
    assert {found.prediction.predicted, found.prediction.real} <= numbers


def test_a_batch_is_broken_between_its_terms():
    found = explain(deep_trace(2), "W1[0,0]", top=None, full=True)
    widest = max(len("".join(each.itertext())) for each in elements(found).iter("math"))
    assert widest <= 45  # letters: about 350 pixels
    assert fragment(found).count("<wbr/>") > 500


def test_the_full_form_is_folded_behind_the_short_one():
    trace = trace_of()
    short, full = (explain(trace, "W1[0,0]", full=full) for full in (False, True))
    folded = [each.text for each in elements(short).iter("summary")]
    assert folded == [block.title for block in short.folded if block.title]
    assert "delta of the output" in folded
    assert not list(elements(full).iter("details"))


def test_a_page_stands_alone():
    page = explain(trace_of(), "W1[0,0]").to_html(document=True)
    assert page.startswith("<!DOCTYPE html>") and page.isascii()
    assert not re.search(r"<script|<link|src=|href=|url\(|@import|\sstyle=", page)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_text(name):
    found = explain(trace_of(names=(name, "b", "c", "d")), "W1[0,0]")
    page = found.to_html()
    assert "<script" not in page and "<img" not in page
    assert name in "".join(elements(found).itertext())
