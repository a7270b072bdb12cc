"""The worked examples as commands: golden outputs, and what is refused."""

from __future__ import annotations

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


@pytest.mark.parametrize("example", ["xor", "mazur"])
def test_markup(cli: Any, example: str) -> None:
    page = cli("demo", example, "--html").out
    assert page.startswith("<!DOCTYPE html>") and page.isascii()
    latex = cli("demo", example, "loss", "--latex")
    assert latex.out.startswith("\\documentclass") and "\\textbf{loss}" in latex.out
    assert latex.err == ""


def test_one_derivation_as_json(cli: Any) -> None:
    found = json.loads(cli("demo", "xor", "W1[0,0]", "--json").out)
    assert found["example"] == "xor"
    assert found["value"] == pytest.approx(0.001759510930, abs=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["mazur", "--step", "--quiz"], "exclude each other; leave out"),
        (["mazur", "--quiz", "--html"], "go without --step, --quiz"),
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
