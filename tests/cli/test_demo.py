"""The worked examples as commands: golden outputs, and a quiz that knows right from wrong."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parent / "golden"


def golden(name: str, text: str) -> None:
    """Compare with a kept file; CHAINRULE_UPDATE_GOLDEN=1 writes it."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("CHAINRULE_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 80


COMMANDS = {
    "demo-mazur": ["mazur"],
    "demo-mazur-step": ["mazur", "--step", "--draw"],
    "demo-mazur-explain": ["mazur", "W1[0,0]"],
    "demo-xor-explain": ["xor", "W1[0,0]", "--draw"],
    "demo-xor-step": ["xor", "--step"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_golden(cli: Any, name: str) -> None:
    run = cli("demo", *COMMANDS[name])
    assert (run.code, run.err) == (0, "")
    golden(name, run.out)


def test_mazur_in_full(cli: Any) -> None:
    found = json.loads(cli("demo", "mazur", "--json").out)
    arrays = found["trace"]["arrays"]
    assert found["trace"]["header"]["loss"] == pytest.approx(0.298371109, abs=1e-9)
    assert arrays["dL_dW2"][0][0] == pytest.approx(0.082167041, abs=1e-9)
    assert arrays["dL_dW1"][0][0] == pytest.approx(0.000438568, abs=1e-9)
    assert found["after_one_step"]["W2"][1] == pytest.approx([0.511301270, 0.561370121], abs=1e-9)
    frozen, trained = found["biases_frozen"], found["biases_trained"]
    assert frozen["loss"]["1"] == pytest.approx(0.291027773694, abs=1e-9)
    assert frozen["loss"]["10000"] == pytest.approx(3.510188e-05, abs=1e-10)
    assert frozen["outputs"] == pytest.approx([0.015913620, 0.984064274], abs=1e-9)
    assert trained["loss"]["1"] == pytest.approx(0.280471446791, abs=1e-9)
    assert trained["loss"]["10000"] == pytest.approx(2.447562e-06, abs=1e-11)


@pytest.mark.parametrize("example", ["xor", "mazur"])
def test_markup(cli: Any, example: str) -> None:
    page = cli("demo", example, "--html").out
    assert page.startswith("<!DOCTYPE html>") and page.isascii()
    latex = cli("demo", example, "loss", "--latex")
    assert latex.out.startswith("\\noindent\\textbf{loss}")
    assert latex.err == ""


def test_one_derivation_as_json(cli: Any) -> None:
    found = json.loads(cli("demo", "xor", "W1[0,0]", "--json").out)
    assert found["example"] == "xor"
    assert found["value"] == pytest.approx(0.001759510930, abs=1e-12)


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
    run = quiz.run(*(f"{question['answer']:.3g}" for question in quiz.questions))
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
    answers = [f"{q['answer']:.4g}".replace("-", "−") for q in quiz.questions]
    assert any(answer.startswith("−") for answer in answers)
    n = len(answers)
    assert f"{n} of {n} right" in quiz.run(*answers).out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["mazur", "--step", "--quiz"], "--step and --quiz exclude each other"),
        (["mazur", "--quiz", "--html"], "go without --step and --quiz"),
        (["mazur", "--step", "--json"], "--json goes without"),
        (["mazur", "W9[0,0]"], "layer 9"),
        (["mazur", "W1[0,0]", "--row", "4"], "row 4 does not exist"),
        (["titanic"], "titanic"),
    ],
)
def test_wrong_use(cli: Any, options: list[str], message: str) -> None:
    run = cli("demo", *options)
    assert run.code == 2
    assert re.match("error: ", run.err) and message in run.err
