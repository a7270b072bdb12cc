"""One question, and what an answer to it is: right, a mistake that has a name, or wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass

TOLERANCE = 0.01
_APART = 2.0  # tolerances: a mistake that lies closer to the answer than this is none


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that has a name.

    Attributes
    ----------
    name : str
        "wrong sign", "missing slope", "unchanged", ...
    value : float
        What one gets by it.
    sentence : str
        What to say to whoever made it.
    """

    name: str
    value: float
    sentence: str


@dataclass(frozen=True)
class Question:
    """One blank.

    Attributes
    ----------
    given : tuple of str
        The numbers that the answer is made of: "a2[0] = 0.7514", ...
    asked : str
        The symbol of the blanked number.
    hint : str
        Its formula.
    worked : str
        The formula with its numbers and the answer.
    answer : float
    scale : float
        What 1 % is taken of: the answer, or how much a parameter changes.
    mistakes : tuple of Mistake
    text : str
        A question in words, where one is put.
    choices : tuple of str
        Words to choose from; `answer` is then the index of the right one.
    ref : str
        The number's home in the trace; "" where it has none.
    needs : tuple of str
        For each of `given`, its home.
    """

    given: tuple[str, ...]
    asked: str
    hint: str
    worked: str
    answer: float
    scale: float = 0.0
    mistakes: tuple[Mistake, ...] = ()
    text: str = ""
    choices: tuple[str, ...] = ()
    ref: str = ""
    needs: tuple[str, ...] = ()

    @property
    def _room(self) -> float:
        return TOLERANCE * (self.scale or abs(self.answer))

    @property
    def decimals(self) -> int:
        """How many it takes to tell the answer from one that is wrong by 1 %; 0 for a choice."""
        if self.choices or not self._room:
            return 0
        return max(math.ceil(-math.log10(self._room)), 0)

    @property
    def prompt(self) -> str:
        """What stands before the answer; the decimals, where four digits are not enough."""
        if self.choices:
            return " / ".join(self.choices)
        needs_more = bool(self.answer) and self._room < 1e-3 * abs(self.answer)
        return f"{self.asked} ({self.decimals} decimals)" if needs_more else self.asked

    def accepts(self, text: str) -> bool:
        """Whether what was typed is the answer: to within 1 % of the answer, for a parameter after
        a step to within 1 % of its change; a choice by its word."""
        if self.choices:
            return _plain(text) == _plain(self.choices[int(self.answer)])
        number = number_of(text)
        return number is not None and abs(number - self.answer) <= self._room

    def mistake(self, text: str) -> Mistake | None:
        """The mistake that a wrong answer comes from, if it has a name."""
        number = number_of(text)
        if number is None or self.choices or self.accepts(text):
            return None
        for mistake in self.mistakes:
            apart = abs(mistake.value - self.answer)
            if apart > _APART * self._room and abs(number - mistake.value) <= self._room:
                return mistake
        typed = len(text.strip().replace(",", ".").partition(".")[2])
        if typed < self.decimals and round(self.answer, typed) == number:
            return Mistake("rounded", number, f"give {self.decimals} decimals.")
        return None


def number_of(text: str) -> float | None:
    """A typed number, with a real minus sign or a comma of decimals as well; None for others."""
    try:
        number = float(text.strip().replace("−", "-").replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
