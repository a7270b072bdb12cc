"""Questions on paper: blanks, and a key that can be folded away."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from chainrule.explain.quiz.question import Question

_BLANK = "_" * 14


def worksheet(asked: Sequence[Question], *, width: int = 80) -> tuple[list[str], list[str]]:
    """The lines of the sheet and of its key.

    A number that an earlier question asks for is not given later: the sheet says whose answer to
    take.

    Parameters
    ----------
    asked : sequence of Question
    width : int, default 80

    Returns
    -------
    tuple of two lists of str
    """
    sheet: list[str] = []
    key: list[str] = []
    answers: dict[str, int] = {}
    for number, question in enumerate(asked, start=1):
        head = f"{number:3}  "
        lines = wrapped(head, question.text, width) if question.text else []
        given = givens(question, answers)
        if given:
            lines += wrapped("     " if lines else head, f"given {', '.join(given)}", width)
        blank = f"{question.prompt}{':' if question.choices else ' ='} {_BLANK}"
        lines += wrapped("     " if lines else head, blank, width)
        sheet += [*lines, ""]
        key += wrapped(head, question.worked, width)
        if question.ref:
            answers[question.ref] = number
    return sheet, key


def givens(question: Question, answers: Mapping[str, int]) -> list[str]:
    """What is given to a question; of what others ask, by its home, the number of that question."""
    refs = question.needs or ("",) * len(question.given)
    return [
        f"{line.partition(' = ')[0]} = your answer to {answers[ref]}" if ref in answers else line
        for line, ref in zip(question.given, refs, strict=True)
    ]


def wrapped(head: str, text: str, width: int, indent: int = 5) -> list[str]:
    """A paragraph behind its head."""
    return textwrap.wrap(
        text, width, initial_indent=head, subsequent_indent=" " * indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
