"""What counts as an answer."""

from __future__ import annotations

import pytest

from chainrule.explain.quiz import Mistake, Question
from chainrule.explain.quiz.question import number_of


def question(**keywords):
    return Question(given=(), asked="x", hint="", worked="", **keywords)


@pytest.mark.parametrize("text", ["", "a", "nan", "inf", "1 2", "--1"])
def test_what_is_no_number(text):
    assert number_of(text) is None
    assert not question(answer=0.0).accepts(text)


@pytest.mark.parametrize(("text", "number"), [("−0.5", -0.5), ("0,25", 0.25), (" 1e-3\n", 1e-3)])
def test_numbers_as_people_type_them(text, number):
    assert number_of(text) == number


def test_one_percent_of_the_answer_or_of_the_scale():
    assert question(answer=2.0).accepts("2.019") and not question(answer=2.0).accepts("2.03")
    small = question(answer=2.0, scale=0.1)
    assert small.accepts("2.0009") and not small.accepts("2.019")


def test_choices():
    chosen = question(answer=1.0, choices=("up", "down"))
    assert chosen.accepts(" Down ") and not chosen.accepts("up") and not chosen.accepts("1")
    assert chosen.prompt == "up / down" and chosen.mistake("up") is None


def test_a_mistake_too_near_the_answer_is_none():
    near = question(answer=1.0, mistakes=(Mistake("near", 1.015, "?"), Mistake("far", 2.0, "!")))
    assert near.mistake("1.015") is None
    assert near.mistake("2").name == "far"
