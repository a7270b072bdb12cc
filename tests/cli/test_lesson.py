"""`chainrule lesson` lists, asks, checks and prints."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest


def test_the_list(cli: Any) -> None:
    run = cli("lesson")
    assert run.code == 0
    assert "  3  Which weight is to blame, and how much?" in run.out
    assert run.out.splitlines()[-1] == "next: chainrule lesson 1"


def test_asked_and_checked(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = json.loads(cli("lesson", "3", "--json").out)["questions"]
    answers = [
        q["choices"][int(q["answer"])] if q["choices"] else repr(q["answer"]) for q in questions
    ]
    wrong = str(-questions[0]["answer"])
    typed = "".join(f"{line}\n" for line in (wrong, *answers))
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    run = cli("lesson", "3")
    assert run.code == 0
    assert "wrong sign: " in run.out
    assert f"{len(answers)} of {len(answers)} right" in run.out
    assert "text: docs/learn/3-backward.md" in run.out
    assert run.out.splitlines()[-1] == "next: chainrule lesson 4"


@pytest.mark.parametrize("number", range(1, 9))
def test_on_paper(cli: Any, number: int) -> None:
    run = cli("lesson", str(number), "--worksheet")
    assert run.code == 0
    sheet, _, key = run.out.partition("\nkey\n")
    assert sheet.count("______________") == len(json.loads(
        cli("lesson", str(number), "--json").out)["questions"])  # fmt: skip
    assert "  1  " in key and max(map(len, run.out.splitlines())) <= 80
    other = cli("lesson", str(number), "--worksheet", "--seed", "7")
    assert other.out != run.out and "(numbers of seed 7)" in other.out


def test_wrong_use(cli: Any) -> None:
    run = cli("lesson", "9")
    assert run.code == 2 and "there is no lesson 9; they are 1 to 8" in run.err
