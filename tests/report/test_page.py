"""The page: valid, small, without script, and names that stay text."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest

from chainrule.visible import visible
from hostile_names import HOSTILE

VOID = {"meta", "br", "wbr", "hr", "img", "input", "link"}
INLINE = {"bdi", "b", "span", "a", "small", "strong", "data", "code", "wbr", "math"}
# What the content of an element may begin with, where HTML is strict about it.
INSIDE = {
    "table": {"caption", "thead", "tbody", "tr"}, "thead": {"tr"}, "tbody": {"tr"},
    "tr": {"th", "td"}, "dl": {"div"}, "ul": {"li"},
}  # fmt: skip


class Strict(HTMLParser):
    """Refuses what browsers mend: open elements, doubled ids and attributes, misplaced content."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.ids: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        parent = self.open[-1] if self.open else ""
        assert tag in INSIDE.get(parent, {tag}), (parent, tag)
        if parent == "p":
            assert tag in INLINE, (parent, tag)
        known = dict(attrs)
        assert not [name for name in names if name.startswith("on") or name == "src"], attrs
        if "id" in known:
            assert known["id"] not in self.ids
            self.ids.add(str(known["id"]))
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, (tag, self.open[-4:])

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)


def strictly(page: str) -> Strict:
    parser = Strict()
    parser.feed(page)
    parser.close()
    assert not parser.open
    return parser


@pytest.mark.parametrize("kind", ["hostile", "numbers"])
def test_it_is_well_formed_small_and_asks_for_nothing(kind, request) -> None:
    page = request.getfixturevalue(kind)[0].to_html()
    found = strictly(page)
    assert page.isascii() and len(page) < 400_000
    assert not found.seen & {"script", "link", "img", "iframe", "object", "form"}
    assert "url(" not in page and "@import" not in page and "http" not in page
    links = set(re.findall(r'href="#(\w+)"', page))
    assert links == {place for place in found.ids if not place.endswith("-title")}
    for scheme in ("prefers-color-scheme: dark", "@media print", "max-width: 34rem"):
        assert scheme in page


def test_hostile_names_stay_text(hostile) -> None:
    report, *_ = hostile
    found = strictly(report.to_html())
    text = "".join(found.text)
    for name in HOSTILE:
        if len(name) <= 80:
            assert visible(name) in text, name
    assert "x" * 60 + "…" in text
    for label in ("<b>yes</b>", 'no -- & "never"', "</title><script>alert(2)</script>"):
        assert label in text
    assert "\0" not in text and "‮" not in text


def test_the_order_is_that_of_a_reader(hostile) -> None:
    titles = re.findall(r"<h2[^>]*>(.*?)</h2>", hostile[0].to_html())
    assert titles == [
        "Verdict", "Findings", "Training", "Answers and mistakes", "Calibration", "Importance",
        "Attributions", "Worst rows", "Network", "Reproduction",
    ]  # fmt: skip


def test_numbers_of_the_page_are_those_of_the_contents(hostile) -> None:
    report, *_ = hostile
    page, found = report.to_html(), report.contents
    for row in found.of_classes.confusion:
        for mass in row:
            assert f">{mass:.0f}</span>" in page
    assert found.verdict.sentence in html.unescape(page)
    for row in found.worst:
        assert f"<strong>{html.escape(row.explanation.quantity)}</strong>" in page
    assert page.count("<details") >= 2 + len(found.worst)


def test_a_notebook_shows_it_in_a_frame(hostile) -> None:
    report, *_ = hostile
    frame = report._repr_html_()
    (source,) = re.findall(r'srcdoc="([^"]*)"', frame)
    assert html.unescape(source) == report.to_html()
