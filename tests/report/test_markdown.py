"""The model card: tables that hold, names that stay text, the same numbers as the page."""

from __future__ import annotations

import re

import pytest

from chainrule.errors import SpecError


def test_tables_hold_whatever_stands_in_them(hostile) -> None:
    card = hostile[0].to_markdown()
    tables = re.findall(r"(?:^\|.*\n)+", card, re.MULTILINE)
    assert len(tables) >= 6
    for table in tables:
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1, table


def test_nothing_acts(hostile) -> None:
    card = hostile[0].to_markdown()
    prose = "\n".join(line for line in card.splitlines() if not line.startswith("    "))
    prose = re.sub(r"^> ", "", prose, flags=re.MULTILINE)
    assert not re.search(r"(?<!\\)[<>\[\]`]", prose)
    assert "\\<script\\>alert(1)\\</script\\>" in prose and "\0" not in card


def test_it_says_what_the_page_says(numbers) -> None:
    report, *_ = numbers
    card, found = report.to_markdown(), report.contents
    plain = re.sub(r"\\(.)", r"\1", card)
    assert found.verdict.sentence in plain and found.verdict.warning in plain
    for name in found.importance.names:
        assert f"| {name} |" in plain
    for title in ("Verdict", "Findings", "Answers", "Columns", "Worst rows", "Reproduction"):
        assert f"\n## {title}\n" in card


def test_the_ending_chooses_the_form(numbers, tmp_path) -> None:
    report, *_ = numbers
    for name, text in (("a.html", report.to_html()), ("b.MD", report.to_markdown())):
        report.save(tmp_path / name)
        assert (tmp_path / name).read_text("utf-8") == text
    with pytest.raises(SpecError, match=r"\.html or \.md"):
        report.save(tmp_path / "c.pdf")
    assert not (tmp_path / "c.pdf").exists()
