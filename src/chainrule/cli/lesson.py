"""`chainrule lesson 3`: the exercises of a lesson, asked and checked, or on paper."""

from __future__ import annotations

from typing import Annotated

import typer

from chainrule.cli.options import AsJson, OnPaper, Quiet, Seed
from chainrule.cli.output import Output


def lesson(
    number: Annotated[
        int | None, typer.Argument(metavar="NUMBER", help="Which lesson, 1 to 8.")
    ] = None,
    worksheet: OnPaper = False,
    seed: Seed = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Learn backpropagation in eight lessons: exercises, asked and checked.

    Without a number, lists the lessons. Their text is in docs/learn.
    """
    from chainrule.explain.lessons import LESSONS
    from chainrule.explain.lessons import lesson as known_lesson

    out = Output(as_json=as_json, quiet=quiet)
    if number is None:
        out.heading("eight lessons on backpropagation")
        out.result(*(f"  {k}  {each.question}" for k, each in enumerate(LESSONS, start=1)))
        out.next("chainrule", "lesson", "1")
        out.document({"lessons": [each.question for each in LESSONS]})
        return
    chosen = known_lesson(number)
    asked = chosen.exercises(seed)
    _show(out, number, chosen.question, chosen.summary, chosen.formulas, chosen.name, seed)
    from chainrule.cli.quiz import as_json as plain
    from chainrule.cli.quiz import ask_all, print_worksheet

    if worksheet:
        print_worksheet(out, asked)
    else:
        out.say("Answers within 1 % are right; an empty line shows the formula.", "")
        ask_all(out, asked)
    if number < len(LESSONS):
        out.next("chainrule", "lesson", str(number + 1))
    else:
        out.next("chainrule", "train", "DATA", "--target", "COLUMN")
    out.document({"lesson": number, "name": chosen.name, "questions": plain(asked)})


def _show(
    out: Output,
    number: int,
    question: str,
    summary: str,
    formulas: tuple[str, ...],
    name: str,
    seed: int | None,
) -> None:
    numbers = "" if seed is None else f" (numbers of seed {seed})"
    out.heading(f"lesson {number}  {question}{numbers}")
    out.say(
        summary, *(f"  {line}" for line in formulas), f"text: docs/learn/{number}-{name}.md", ""
    )
