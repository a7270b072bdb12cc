"""Working out a number oneself: the steps of its derivation, some blank, and replies to answers.

Questions and the mistakes that have a name are those of `explain.quiz`, so that page, terminal and
paper ask alike: an answer is right within 1 % of the number, for a changed parameter within 1 % of
its change.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from chainrule.errors import SpecError
from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.derivation.gradient import Gradient
from chainrule.explain.explain import explain
from chainrule.explain.notation.numbers import format_number
from chainrule.explain.quiz import Mistake, Question, givens, questions
from chainrule.explain.quiz.question import number_of
from chainrule.explain.quiz.questions import make_question
from chainrule.explain.trace import StepTrace

FADINGS = ("given", "last", "all")  # which steps are blank: none, the last one, all
TOP = 12  # terms of a sum that one can be asked to add up

_PREFIX = re.compile(r"(update_|dL_d)?(.+)", re.DOTALL)


class Sheet(NamedTuple):
    """A worksheet: a teacher's question, whose derivation is asked for, and where."""

    title: str
    question: str
    quantity: str
    step: int
    row: int
    questions: list[Question]


def steps_of(trace: StepTrace, row: int, quantity: str) -> list[Question]:
    """The steps that lead to a number and to its update, from the loss on.

    Raises `SpecError` where nothing is to be computed.
    """
    found = explain(trace, quantity, row=row, top=TOP, check="none", full=True)
    asked = questions(found)
    if not asked:
        raise SpecError(
            f"there is nothing to compute in the derivation of {found.quantity}.",
            "Choose a weight, such as W1[0,0].",
        )
    return asked


def faded(asked: list[Question], fading: str) -> list[dict[str, Any]]:
    """The steps as plain values; of a blank one neither the answer nor what it is worked out to."""
    blank = {"given": range(0), "last": range(len(asked) - 1, len(asked)), "all": range(len(asked))}
    blanks = blank[fading]
    numbers = {asked[k].ref: k + 1 for k in blanks if asked[k].ref}
    return [
        {
            "asked": question.asked,
            "given": givens(question, {r: n for r, n in numbers.items() if n <= k}),
            "hint": question.hint,
            "prompt": question.prompt,
            "worked": None if k in blanks else question.worked,
        }
        for k, question in enumerate(asked)
    ]


def question_of(trace: StepTrace, row: int, name: str) -> Question:
    """A question for one number: "z1[0]", "delta1[0]", "dL_dW1[0,0]", "update_W2[0,0]", "loss".

    Raises `SpecError` for what is no number of a step.
    """
    match = _PREFIX.fullmatch(name)
    assert match is not None
    prefix, asked = match[1] or "", trace.names.parse(match[2])
    if bool(prefix) != asked.is_parameter:
        raise SpecError(f"{name!r} is no number to be computed; ask for z1[0] or dL_dW1[0,0].")
    build = Derivation(trace)
    if prefix == "update_":
        value = float(trace.update[asked.tensor][asked.at])
        slope = float(trace.grads[asked.tensor][asked.at])
        forgotten = Mistake("missing rate", -slope, "the learning rate is missing.")
        mistakes = (_turned(value), forgotten)
        rule = f"{asked.identifier} after the step minus {asked.identifier} before it"
        return _plain(name, value, rule, mistakes)
    if asked.kind == "loss":
        return make_question(build.loss.total())
    if asked.is_parameter:
        return make_question(Gradient(build, asked).equation())
    q = build.of_unit(asked.kind, asked.layer, asked.unit, row)
    equation = build.equation(q)
    if equation is None:
        return _plain(name, q.value, "it stands in the table", (_turned(q.value),))
    return make_question(equation)


def judged(question: Question, text: str) -> dict[str, Any]:
    """Whether an answer is right, and what to say to it; "" where there is only "not yet"."""
    if question.accepts(text):
        return {"right": True, "said": question.worked, "name": ""}
    if number_of(text) is None:
        return {"right": False, "said": "write a number, such as 0.25.", "name": "no number"}
    mistake = question.mistake(text)
    if mistake is None:
        return {"right": False, "said": "", "name": ""}
    return {"right": False, "said": mistake.sentence, "name": mistake.name}


def _plain(name: str, value: float, rule: str, mistakes: tuple[Mistake, ...]) -> Question:
    worked = f"{name} = {format_number(value)}"
    return Question((), name, f"{name}: {rule}", worked, value, abs(value), mistakes)


def _turned(value: float) -> Mistake:
    return Mistake("wrong sign", -value, "the size is right, the sign is not.")
