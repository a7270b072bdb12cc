"""Any text becomes ASCII that plain LaTeX shows."""

from __future__ import annotations

import re
import unicodedata

import pytest

from chainrule.explain.render.latex_text import escape


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        (r"a_b%$#{}", r"a\_b\%\char36{}\#\{\}"),
        ("~^\\", r"\textasciitilde{}\textasciicircum{}\textbackslash{}"),
        ("größe", r"gr\"{o}\ss{}e"),
        ("Čeština ñ", r"\v{C}e\v{s}tina \~{n}"),
        ("δ Ω Α", r"\ensuremath{\delta} \ensuremath{\Omega} A"),
        ("x²", r"x\ensuremath{^{\mbox{\scriptsize 2}}}"),
        ("a − b", r"a \ensuremath{-} b"),
        ("身", r"\texttt{U+8EAB}"),
        ("a\u202eb", r"a\texttt{U+202E}b"),
        ("a  b\nc", "a b c"),
        (" by ", " by "),
        ("a--b", "a-{}-{}b"),
        ("1\u00a0m", "1~m"),
    ],
)
def test_escape(text, latex):
    assert escape(text) == latex


def test_every_letter_is_ascii_with_braces_in_pairs():
    for start in range(0x20, 0x3000, 64):
        text = "".join(map(chr, range(start, start + 64)))
        latex = escape(text)
        assert latex.isascii()
        bare = re.sub(r"\\[{}\\]", "", latex)
        assert bare.count("{") == bare.count("}")
        assert not re.search(r"(?<!\\)[%#&_]|\$", bare.replace("_{\\mbox", ""))


def test_composed_and_decomposed_letters_look_the_same():
    for text in ("é", "Å", "ő", "ñ"):
        assert escape(unicodedata.normalize("NFD", text)) == escape(text)


def test_a_long_word_may_be_broken():
    places = escape("a" * 100).count(r"\hspace{0pt}")
    assert places >= 6
    assert escape("short_name") == r"short\_name"
