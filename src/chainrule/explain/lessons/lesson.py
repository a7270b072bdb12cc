"""What a lesson is, and how its questions are made."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from chainrule.explain.explain import explain
from chainrule.explain.notation.numbers import format_number
from chainrule.explain.quiz import Mistake, Question, questions
from chainrule.explain.trace import StepTrace


@dataclass(frozen=True)
class Lesson:
    """One of the eight.

    Attributes
    ----------
    name : str
        Of its page: lesson 3 is docs/learn/3-backward.md where this is "backward".
    question : str
        That it answers.
    summary : str
        In one sentence.
    formulas : tuple of str
        As they are typed.
    exercises : callable
        From a seed, or None for the numbers of the page, to its questions.
    """

    name: str
    question: str
    summary: str
    formulas: tuple[str, ...]
    exercises: Callable[[int | None], list[Question]]


def derived(trace: StepTrace, *wanted: tuple[str, str, str]) -> list[Question]:
    """Questions from explanations of a step: (quantity explained, symbol asked for, text)."""
    found = []
    for quantity, symbol, text in wanted:
        explained = explain(trace, quantity, row=0, check="none", top=None)
        by_symbol = {question.asked: question for question in questions(explained)}
        found.append(replace(by_symbol[symbol], text=text))
    return found


def formula(
    text: str,
    asked: str,
    hint: str,
    given: Mapping[str, float],
    compute: Callable[..., float],
    mistakes: Sequence[tuple[str, float, str]] = (),
) -> Question:
    """A question with a formula of its own.

    `hint` uses the symbols of `given`, `compute` takes their values in order; another question of
    the lesson may ask for one of them. As many digits are shown as it takes for the shown numbers
    to give the shown answer.
    """
    answer = compute(*given.values())
    for digits in range(4, 17):
        numbers = {symbol: shown(value, digits) for symbol, value in given.items()}
        if shown(compute(*map(_typed, numbers.values()))) == shown(answer):
            break
    longest_first = sorted(numbers, key=len, reverse=True)
    pattern = "|".join(re.escape(symbol) for symbol in longest_first)
    filled = re.sub(rf"(?<![A-Za-z])(?:{pattern})(?![A-Za-z(])", lambda m: numbers[m[0]], hint)
    return Question(
        given=tuple(f"{symbol} = {number}" for symbol, number in numbers.items()),
        asked=asked,
        hint=f"{asked} = {hint}",
        worked=f"{asked} = {filled} = {shown(answer)}",
        answer=answer,
        mistakes=tuple(Mistake(*mistake) for mistake in mistakes),
        text=text,
        ref=asked,
        needs=tuple(numbers),
    )


def _typed(number: str) -> float:
    return float(number.replace("−", "-"))


def choice(text: str, right: str, *wrong: str, why: str) -> Question:
    """A question with words to choose from, in alphabetical order."""
    words = tuple(sorted((right, *wrong)))
    return Question(
        given=(), asked="answer", hint=why, worked=f"{right}: {why}",
        answer=float(words.index(right)), choices=words, text=text,
    )  # fmt: skip


def shown(value: float, digits: int = 4) -> str:
    """A number with so many digits, or all where these are few."""
    text, full = format_number(value, digits), format_number(float(f"{value:.12g}"), "full")
    return (full if len(full) < len(text) else text).replace("-", "−")
