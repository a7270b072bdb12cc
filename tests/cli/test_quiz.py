"""A quiz knows right from wrong."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest


class Quiz:
    """A quiz answered from the questions' own JSON."""

    def __init__(self, cli: Any, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
        self.cli, self.monkeypatch, self.arguments = cli, monkeypatch, arguments
        self.questions = json.loads(cli("demo", *arguments, "--quiz", "--json").out)["questions"]

    def run(self, *answers: str) -> Any:
        typed = io.StringIO("".join(f"{answer}\n" for answer in answers))
        self.monkeypatch.setattr("sys.stdin", typed)
        return self.cli("demo", *self.arguments, "--quiz")


def test_right_answers(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    quiz = Quiz(cli, monkeypatch, "mazur")
    n = len(quiz.questions)
    assert n >= 6
    run = quiz.run(*(f"{question['answer']:.7g}" for question in quiz.questions))
    assert run.code == 0
    assert f"{n} of {n} right" in run.out
    assert "the formula:" not in run.out
    assert run.out.splitlines()[-1] == "next: chainrule demo mazur 'W1[0,0]'"


def test_the_answer_can_be_found_from_what_is_given(
    cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first question, worked with the numbers that it prints."""
    quiz = Quiz(cli, monkeypatch, "mazur")
    first = next(q for q in quiz.questions if q["asked"] == "δ2[0]")
    a, y, slope = (float(given.partition(" = ")[2]) for given in first["given"])
    assert first["answer"] == pytest.approx((a - y) * slope, rel=0.01)


def test_no_question_gives_a_later_answer_away(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (["mazur"], ["xor", "W1[1,0]"]):
        seen: set[str] = set()
        for question in Quiz(cli, monkeypatch, *arguments).questions:
            assert question["asked"] not in seen
            seen |= {given.partition(" = ")[0] for given in question["given"]}


def test_a_wrong_answer_brings_the_formula_and_then_the_answer(
    cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiz = Quiz(cli, monkeypatch, "mazur")
    first, second = quiz.questions[:2]
    run = quiz.run("1e9", str(first["answer"] * 1.009), "?", "-1e9")
    assert f"not yet; the formula: {first['hint']}" in run.out
    assert f"  the formula: {second['hint']}" in run.out
    assert first["worked"] in run.out and second["worked"] in run.out
    assert "1 of 2 right" in run.out  # the input ended there
    outside = quiz.run(str(first["answer"] * 1.011), str(first["answer"] * 0.989))
    assert "0 of 1 right" in outside.out


def test_nothing_typed(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Quiz(cli, monkeypatch, "xor").run()
    assert run.code == 0
    assert "no question answered" in run.out


def test_typed_numbers_may_carry_a_real_minus_sign(
    cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiz = Quiz(cli, monkeypatch, "mazur", "delta2[1]")
    answers = [f"{q['answer']:.7g}".replace("-", "−") for q in quiz.questions]
    assert any(answer.startswith("−") for answer in answers)
    n = len(answers)
    assert f"{n} of {n} right" in quiz.run(*answers).out


def test_mistakes_are_told_by_name(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    quiz = Quiz(cli, monkeypatch, "mazur")
    wrong = {"δ2[0]": -1.0, "δ1[0]": 1 / 0.24130070857232525}
    answers = []
    for q in quiz.questions:
        factor = wrong.get(q["asked"], 1.0)
        first = "0.15" if q["asked"].endswith("′") else repr(q["answer"] * factor)
        answers += [first] if first == repr(q["answer"]) else [first, repr(q["answer"])]
    out = quiz.run(*answers).out
    assert "wrong sign: " in out and "missing slope: " in out
    assert "unchanged: that is the parameter before the step" in out
    assert f"{len(quiz.questions)} of {len(quiz.questions)} right" in out


def test_a_worksheet_needs_no_terminal(cli: Any) -> None:
    run = cli("demo", "mazur", "--worksheet", "--seed", "7")
    assert run.code == 0
    sheet, _, key = run.out.partition("\nkey\n")
    n = sheet.count("= ______")
    assert n == 7 and f"{n:3}  W1[0,0]′ = " in key
    assert "numbers of seed 7" in sheet
    assert run.out == cli("demo", "mazur", "--worksheet", "--seed", "7").out
    assert run.out != cli("demo", "mazur", "--worksheet", "--seed", "8").out
    assert max(map(len, run.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--quiz", "--worksheet"), "exclude each other"),
        (("--step", "--worksheet"), "exclude each other"),
        (("--seed", "7"), "goes with --quiz or --worksheet"),
        (("--worksheet", "--latex"), "go without"),
    ],
)
def test_options_that_do_not_go_together(cli: Any, options: tuple[str, ...], message: str) -> None:
    run = cli("demo", "mazur", *options)
    assert run.code == 2 and message in run.err
