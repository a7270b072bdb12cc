"""Every question of the worked examples can be answered from what it gives."""

from __future__ import annotations

import pytest

from chainrule.explain.examples import mazur, xor
from chainrule.explain.explain import explain
from chainrule.explain.quiz import questions


def test_mazur_step_by_step():
    asked = questions(explain(mazur().trace(), "W1[0,0]"))
    by_symbol = {question.asked: question for question in asked}
    question = by_symbol["δ2[0]"]
    assert question.given == ("a2[0] = 0.7514", "y[0] = 0.01", "σ′(z2[0]) = 0.1868")
    assert question.hint == "δ2[0] = (a2[0] − y[0])·σ′(z2[0])"
    assert question.worked.endswith("= 0.1385")
    assert question.accepts("0.1385") and question.accepts(" 0.139 ")
    assert not question.accepts("0.15") and not question.accepts("-0.1385")
    assert by_symbol["δ2[1]"].accepts("−0.0381")


@pytest.mark.parametrize("text", ["", "a", "nan", "0,1385", "inf"])
def test_what_is_no_answer(text):
    question = questions(explain(mazur().trace(), "delta2[0]"))[0]
    assert not question.accepts(text)


def test_drawn_by_seed():
    found = explain(xor().trace(), "W1[0,0]")
    every = questions(found)
    drawn = questions(found, n=3, seed=7)
    assert drawn == questions(found, n=3, seed=7)
    assert len(drawn) == 3 and all(question in every for question in drawn)
    assert questions(found, n=3, seed=8) != drawn


def test_sums_that_are_not_shown_whole_are_not_asked():
    found = explain(xor().trace(), "W1[0,0]", top=2)
    assert "∂L/∂W1[0,0]" not in {question.asked for question in questions(found)}
