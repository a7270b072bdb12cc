"""The exercises of every lesson can be worked from what they give, with any seed."""

from __future__ import annotations

import math
import re

import pytest

from chainrule.errors import SpecError
from chainrule.explain.lessons import LESSONS, lesson
from chainrule.explain.lessons.lesson import shown

SEEDS = [None, 0, 1, 7, 123]
EACH = pytest.mark.parametrize("number", range(1, len(LESSONS) + 1))


def test_there_are_eight():
    assert len(LESSONS) == 8 and len({each.name for each in LESSONS}) == 8
    assert lesson(3).name == "backward"
    for number in (0, 9, -1):
        with pytest.raises(SpecError, match="1 to 8"):
            lesson(number)


def worked(text):
    """The value of the arithmetic that the key shows."""
    shown = text.replace("−", "-").replace("·", "*").replace("½", "0.5").replace("^", "**")
    shown = shown.replace("²", "**2").replace("√", "sqrt").replace("ln(", "log(")
    shown = re.sub(r"⌈(.*)⌉", r"ceil(\1)", shown).replace("σ(", "sigmoid(")
    known = {name: getattr(math, name) for name in ("sqrt", "log", "cos", "ceil")}
    return eval(shown, {**known, "sigmoid": lambda z: 1 / (1 + math.exp(-z))})


@EACH
@pytest.mark.parametrize("seed", SEEDS)
def test_the_key_is_right(number, seed):
    """The shown numbers, worked again by Python, give an answer that is accepted."""
    for question in lesson(number).exercises(seed):
        if question.choices:
            right = question.choices[int(question.answer)]
            assert question.accepts(right) and question.worked.startswith(f"{right}: ")
            continue
        asked, _, rest = question.worked.partition(" = ")
        arithmetic, _, answer = rest.rpartition(" = ")
        assert asked == question.asked
        found = float(worked(arithmetic))
        assert question.accepts(repr(found)), question.worked
        assert shown(found) == answer or question.scale, question.worked  # a calculator agrees
        assert question.accepts(answer), question.worked


@EACH
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_given_away_and_mistakes_are_known(number, seed):
    asked = lesson(number).exercises(seed)
    assert 4 <= len(asked) <= 8 and all(question.text for question in asked)
    given: set[str] = set()
    for question in asked:
        assert question.ref == "" or question.ref not in given
        given |= set(question.needs)
    numeric = [question for question in asked if not question.choices]
    named = [
        mistake.name
        for question in numeric
        for mistake in question.mistakes
        if question.mistake(repr(mistake.value)) is not None
    ]
    assert len(numeric) >= 3 and len(named) >= 2


@EACH
def test_a_seed_draws_other_numbers(number):
    own, again, *others = (lesson(number).exercises(seed) for seed in (None, None, 5, 6, 7))
    assert own == again and any(other != own for other in others)
    for other in others:
        assert [question.asked for question in other] == [question.asked for question in own]
