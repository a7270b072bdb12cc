"""One content, drawn four times: what the blocks say stands in text, LaTeX, HTML and JSON."""

from __future__ import annotations

import re
from functools import cache
from html import unescape

import pytest

from chainrule.explain.explain import explain
from chainrule.explain.notation.blocks import Sentence, Shares
from chainrule.explain.notation.tree import Equation
from chainrule.explain.render.html import fragment
from chainrule.explain.render.latex import LatexWriter
from chainrule.explain.render.latex_text import escape
from chainrule.explain.render.mathml import MathWriter, parts
from chainrule.explain.render.text import TextWriter
from rendered import all_kinds, deep_trace, trace_of


@cache
def explanations():
    """Every tenth of all kinds, in both forms, and the ones that stand for themselves."""
    found = [each for full in (False, True) for each in list(all_kinds(full, step=10))]
    trace = trace_of("relu", "cross_entropy", "adamw")
    nothing = explain(deep_trace(3), "W1[0,0]", row=3)
    assert nothing.notice
    return {f"{k} {name}": each for k, (name, each) in enumerate(found)} | {
        "row of no weight": nothing,
        "kink": explain(trace, "W1[10,2]", full=True),
        "all digits": explain(trace, "loss", digits="full", full=True),
    }


def squeezed(text):
    """Without the spaces and signs that only lay lines out."""
    return re.sub(r"\s+", "", text)


class Written:
    """One explanation in one form, and what to look for in it."""

    def __init__(self, found, form):
        self.found, self.form, digits = found, form, found.digits
        # It leaves out notes and a heading, and what is more than a screen.
        self.is_short_text = form == "text" and not found.full
        if form == "text":
            self.whole, self.writer = squeezed(found.to_text()), TextWriter(digits, True)
        elif form == "latex":
            latex = found.to_latex()
            for layout in ("&=", r"&\quad\ {}", r"\\", r"&\quad\ ", "{}+", r"\quad"):
                latex = latex.replace(layout, layout[-1] if layout[-1] in "=+" else " ")
            self.whole, self.writer = squeezed(latex.replace("{}", "")), LatexWriter(digits)
        elif form == "html":
            self.whole, self.writer = squeezed(fragment(found)), MathWriter(digits)
        else:
            self.whole, self.writer = found.to_json(), TextWriter(digits, True)

    def says(self, text):
        assert squeezed(text) in self.whole, (text, self.whole)

    def words(self, text):
        if self.form == "html":
            assert squeezed(text) in squeezed(unescape(re.sub("<[^>]*>", "", self.whole))), text
        else:
            self.says(escape(text).replace("{}", "") if self.form == "latex" else text)

    def number(self, value, text=""):
        if self.form == "html":
            self.says(f'<data value="{value!r}"')
        else:
            self.says(text or self.writer.value(value))

    def formula(self, formula):
        if self.form == "html":
            for part in parts(formula):
                self.says(part.split(">", 1)[1])  # what leads it may be an equals sign
        else:
            self.says(formula.replace("{}", ""))

    def equation(self, equation):
        sides = self.writer.sides(equation)
        for side in (self.writer.symbol(equation.left), *sides[-1 if self.is_short_text else 0 :]):
            self.formula(side)
        if equation.note and not self.is_short_text:
            self.words(equation.note)

    def shares(self, shares):
        texts, _ = self.writer.parts(shares)
        for part, text in zip(shares.parts, texts, strict=True):
            self.words(part.label)
            self.number(part.value, text)

    def sentence(self, sentence):
        for part in sentence.parts:
            self.number(part) if isinstance(part, float) else self.words(part.strip())

    def block(self, block):
        if block.title != "chain" or not self.is_short_text:
            self.words(block.title)
        for item in block.items:
            match item:
                case Sentence():
                    self.sentence(item)
                case Equation():
                    self.equation(item)
                case Shares():
                    self.shares(item)


@pytest.mark.parametrize("form", ["text", "latex", "html"])
def test_all_that_is_shown_is_written(form):
    for found in explanations().values():
        written = Written(found, form)
        for text in (found.notice, found.quantity, found.what):
            written.words(text)
        for block in found.shown:
            if not (written.is_short_text and block.title.startswith("layer ")):
                written.block(block)


def test_html_has_the_folded_blocks_too():
    for found in explanations().values():
        written = Written(found, "html")
        for block in found.folded:
            written.block(block)


def test_json_has_every_block_with_all_digits_and_as_shown():
    for found in explanations().values():
        form, writer = found.to_json(), TextWriter(found.digits, unicode=True)
        assert (form["notice"], form["what"], form["value"]) == (
            found.notice, found.what, found.value
        )  # fmt: skip
        assert len(form["blocks"]) == len(found.blocks)
        for block, kept in zip(found.blocks, form["blocks"], strict=True):
            assert (kept["title"], kept["level"]) == (block.title, block.level)
            for item, told in zip(block.items, kept["items"], strict=True):
                check_item(item, told, writer)


def check_item(item, told, writer):
    match item:
        case Sentence():
            numbers = [part for part in item.parts if isinstance(part, float)]
            assert told["numbers"] == numbers
            for part in item.parts:
                text = writer.value(part) if isinstance(part, float) else part
                assert text in told["sentence"]
        case Equation():
            assert told["equation"]["value"] == item.left.value
            assert told["equation"]["note"] == item.note
            sides = [f"{sign} {text}" for sign, text in writer.related(item)]
            assert told["equation"]["shown"] == [writer.symbol(item.left), *sides]
        case Shares():
            assert [part["value"] for part in told["shares"]] == [p.value for p in item.parts]
            assert [part["label"] for part in told["shares"]] == [p.label for p in item.parts]
            assert told["total"] == item.total
