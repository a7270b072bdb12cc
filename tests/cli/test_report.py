"""`chainrule report`: what it writes, says and refuses."""

from __future__ import annotations

import hashlib
import html
import json
from pathlib import Path
from typing import Any

import pytest


def test_a_page(cli: Any, trained: Path, penguins: Path) -> None:
    lines = penguins.read_text("utf-8").splitlines()
    Path("few.csv").write_text("\n".join(lines[:40]) + "\n", "utf-8")
    run = cli("report", trained, "few.csv", "--worst", "1")
    assert run.code == 0, run.err
    told = " ".join(run.out.split())
    assert "the model is better than answering always 'Adelie'" in told
    assert "These rows were used in training" in run.err
    assert f"report written to report.html, {Path('report.html').stat().st_size:,} bytes" in told
    assert max(map(len, run.out.splitlines()[:-1])) <= 80
    page = html.unescape(Path("report.html").read_text("ascii"))
    assert "Predicting species" in page and ", line " in page
    assert hashlib.sha256(Path("few.csv").read_bytes()).hexdigest() in page
    assert "few.csv -o report.html --worst 1\n" in page or "-o report.html --worst 1<" in page
    again = cli("report", trained, "few.csv")
    assert again.code != 0 and "exists already" in again.err


def test_a_card_and_a_document(cli: Any, trained: Path, penguins: Path) -> None:
    lines = penguins.read_text("utf-8").splitlines()
    Path("few.csv").write_text("\n".join(lines[:20]) + "\n", "utf-8")
    options = ("--worst", "0", "--title", "Birds", "-o", "card.md", "--json")
    run = cli("report", trained, "few.csv", *options)
    found = json.loads(run.out)
    assert found["title"] == "Birds" and found["output"] == "card.md"
    assert Path("card.md").read_text("utf-8").startswith("# Birds\n")
    assert found["verdict"]["tables"][0]["scores"][0]["name"] == "accuracy"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("-o", "report.pdf"), "a report is written to .html or .md, found 'report.pdf'."),
        (("--worst", "21"), "20"),
        (("--target", "nothing"), "nothing"),
    ],
)
def test_bad_input_is_named(
    cli: Any, trained: Path, penguins: Path, options: tuple[str, ...], words: str
) -> None:
    run = cli("report", trained, penguins, *options)
    assert run.code != 0 and words in run.err


def test_rows_without_answers_and_files_that_are_no_model(
    cli: Any, trained: Path, penguins: Path
) -> None:
    lines = [line.partition(",")[2] for line in penguins.read_text("utf-8").splitlines()]
    Path("new.csv").write_text("\n".join(lines[:9]) + "\n", "utf-8")
    run = cli("report", trained, "new.csv")
    assert run.code != 0 and "'species'" in run.err
    run = cli("report", penguins, "new.csv")
    assert run.code != 0 and "The model comes first, then the table." in run.err
