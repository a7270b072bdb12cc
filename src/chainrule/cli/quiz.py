"""`chainrule demo EXAMPLE --quiz`: a number is blanked; find it to within 1 %."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from chainrule.cli.output import Output, speaks_unicode
from chainrule.cli.showing import Showing
from chainrule.errors import DataError

if TYPE_CHECKING:
    from chainrule.explain.examples import Example
    from chainrule.explain.quiz import Question


def ask(
    out: Output,
    known: Example,
    quantity: str | None,
    row: int | None,
    showing: Showing,
) -> None:
    """Ask for the numbers of one derivation; answers are lines of standard input.

    A wrong answer brings the formula and a second try; an empty line or "?" asks for the formula
    at once. After that the worked answer is shown. The end of the input ends the quiz.
    """
    from chainrule.explain.explain import explain
    from chainrule.explain.quiz import questions

    found = explain(known.trace(), quantity or known.quantity, row=row, **showing.settings())
    asked = _in_order(questions(found, unicode=speaks_unicode()))
    if not asked:
        raise DataError(
            f"there is nothing to compute in the derivation of {found.quantity}.",
            "Try W1[0,0], or --top all.",
        )
    out.heading(f"{known.title}")
    out.say(
        f"Where {found.quantity} comes from. Answers within 1 % are right;",
        "an empty line shows the formula.",
        "",
    )
    right = done = 0
    if not out.as_json:
        for number, question in enumerate(asked, start=1):
            answered = _ask(out, question, f"question {number} of {len(asked)}")
            if answered is None:
                break
            done += 1
            right += answered
    out.result(f"{right} of {done} right" if done else "no question answered")
    out.next("chainrule", "demo", known.name, found.quantity)
    out.document(
        {
            "example": known.name,
            "quantity": found.quantity,
            "questions": [vars(question) for question in asked],
        }
    )


def _in_order(asked: list[Question]) -> list[Question]:
    """Each question before those that give its answer away: from the loss down to the update."""
    left = list(asked)
    ordered: list[Question] = []
    while left:
        ready = next((q for q in left if not _needs(q, left)), left[0])
        left.remove(ready)
        ordered.append(ready)
    return ordered


def _needs(question: Question, others: list[Question]) -> bool:
    """Whether one of the other answers is given in this question."""
    given = {line.partition(" = ")[0] for line in question.given}
    return any(other.asked in given for other in others if other is not question)


def _ask(out: Output, question: Question, title: str) -> bool | None:
    """Whether it was answered rightly; None when the input ended."""
    out.result(title)
    for place, given in enumerate(question.given):
        out.result(f"  {'given' if place == 0 else '     '}  {given}")
    for attempt in (1, 2):
        answer = _read(f"  {question.asked} = ")
        if answer is None:
            out.result("")
            return None
        if question.accepts(answer):
            out.result("  right", f"  {question.worked}", "")
            return True
        if attempt == 1:
            wrong = "" if answer.strip() in ("", "?") else "not yet; "
            out.result(f"  {wrong}the formula: {question.hint}")
    out.result("  the answer:", f"  {question.worked}", "")
    return False


def _read(prompt: str) -> str | None:
    print(prompt, end="", flush=True)
    line = sys.stdin.readline()
    if not line:
        return None
    if not sys.stdin.isatty():
        print(line.rstrip("\n"))  # so that what was piped in stands where it would be typed
    return line
