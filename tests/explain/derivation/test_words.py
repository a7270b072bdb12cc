"""Sentences name inputs, classes and cells, and count from 0."""

from __future__ import annotations

from chainrule.explain.explain import explain


def test_names_cells_and_notes_are_told(traced):
    text = str(explain(traced, "W1[2,island=Dream]", row=4))
    assert "input 2 (island=Dream)" in text
    assert "from the cell 'cell 4' of island" in text
    assert "member 0 of 3" in text
    assert "weight decay stands in the update" not in text
    full = explain(traced, "W1[2,island=Dream]").to_text(full=True)
    assert "weight decay stands in the update" in full
    assert "weight decay" not in explain(traced, "b1[2]").to_text(full=True)  # it has none
    assert "output 1 (B)" in str(explain(traced, "b3[B]"))


def test_names_cells_and_sentences(trace):
    trace.raw = [{"bill": 39.5, "flip": 181.0, "sex": "male", "island": "Dream"}] * 12
    text = {
        q: str(explain(trace, q, row=0))
        for q in ("W1[3,bill~1]", "frequency[flip,3]", "weight[4,0]")
    }
    assert "from input 1 (bill~1)" in text["W1[3,bill~1]"]
    assert "from the cell 39.5 of bill" in text["W1[3,bill~1]"]
    assert "frequency 3 of flip" in text["frequency[flip,3]"]
    assert "from the cell 181.0\n" in text["frequency[flip,3]"]
    assert "weight of frequency 0 in\n  output 1 of flip" in text["weight[4,0]"]
    assert "the scale of input 9 (island#0)" in explain(trace, "scale[9]").what
    level = " ".join(str(explain(trace, "embedding[1,0]", row=0)).split())
    assert "from the cell 'Dream'" in level
