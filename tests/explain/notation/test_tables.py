"""Tables are aligned as text, and escaped as HTML."""

from __future__ import annotations

from chainrule.explain.notation.tables import html_table, text_table

ROWS = [("name", "n"), ("W1", "12"), ("<b>", "3")]


def test_text_is_aligned():
    assert text_table(ROWS).splitlines() == ["name  n", "W1    12", "<b>   3"]


def test_cells_stay_text():
    page = html_table(ROWS)
    assert "<th>name</th>" in page and "<td>&lt;b&gt;</td>" in page
    assert page.count("<tr>") == 3
