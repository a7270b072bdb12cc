"""`chainrule demo EXAMPLE --quiz` and `--worksheet`: numbers are blanked; find them within 1 %."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from chainrule.cli.output import Output, speaks_unicode, width
from chainrule.cli.showing import Showing
from chainrule.errors import DataError

if TYPE_CHECKING:
    from chainrule.explain.examples import Example
    from chainrule.explain.quiz import Question


def quiz(
    out: Output,
    known: Example,
    quantity: str | None,
    row: int | None,
    showing: Showing,
    *,
    on_paper: bool,
) -> None:
    """Ask for the numbers of one derivation, or print them as a sheet with blanks and a key."""
    from chainrule.explain.explain import explain
    from chainrule.explain.quiz import questions

    found = explain(known.trace(), quantity or known.quantity, row=row, **showing.settings())
    asked = questions(found, unicode=speaks_unicode())
    if not asked:
        raise DataError(
            f"there is nothing to compute in the derivation of {found.quantity}.",
            "Try W1[0,0], or --top all.",
        )
    out.heading(known.title)
    if on_paper:
        out.say(f"Where {found.quantity} comes from. Within 1 % is right.", "")
        print_worksheet(out, asked)
    else:
        out.say(
            f"Where {found.quantity} comes from. Answers within 1 % are right;",
            "an empty line shows the formula.",
            "",
        )
        ask_all(out, asked)
    out.next("chainrule", "demo", known.name, found.quantity)
    out.document({"example": known.name, "quantity": found.quantity, "questions": as_json(asked)})


def as_json(asked: Sequence[Question]) -> list[dict[str, Any]]:
    """Questions with their answers, as plain values."""
    return [asdict(question) for question in asked]


def print_worksheet(out: Output, asked: Sequence[Question]) -> None:
    """Blanks, and behind them the key."""
    from chainrule.explain.quiz import worksheet

    sheet, key = worksheet(asked, width=width())
    out.result(*sheet, "key")
    out.result(*key)


def ask_all(out: Output, asked: Sequence[Question]) -> None:
    """Ask one question after the other; answers are lines of standard input.

    A wrong answer brings the mistake's name, where it has one, the formula and a second try; an
    empty line or "?" asks for the formula at once. After that the worked answer is shown. The end
    of the input ends the quiz.
    """
    if out.as_json:
        return
    right = done = 0
    for number, question in enumerate(asked, start=1):
        answered = _ask(out, question, f"question {number} of {len(asked)}")
        if answered is None:
            break
        done += 1
        right += answered
    out.result(f"{right} of {done} right" if done else "no question answered")


def _ask(out: Output, question: Question, title: str) -> bool | None:
    """Whether it was answered rightly; None when the input ended."""
    from chainrule.explain.quiz.worksheet import wrapped

    out.result(title)
    out.result(*(wrapped("  ", question.text, width(), indent=2) if question.text else []))
    for place, given in enumerate(question.given):
        out.result(f"  {'given' if place == 0 else '     '}  {given}")
    prompt = f"  {question.prompt}{'?' if question.choices else ' ='} "
    for attempt in (1, 2):
        answer = _read(prompt)
        if answer is None:
            out.result("")
            return None
        if question.accepts(answer):
            out.result("  right", f"  {question.worked}", "")
            return True
        if attempt == 1:
            mistake = question.mistake(answer)
            wrong = "" if answer.strip() in ("", "?") else "not yet; "
            if mistake:
                out.result(f"  {mistake.name}: {mistake.sentence}")
                wrong = ""
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
