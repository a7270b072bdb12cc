"""Every symbol that LaTeX can write becomes MathML: letters italic, roots whole."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from chainrule.explain.derivation.dense import NTK
from chainrule.explain.derivation.layer_norm import DEVIATION, MEAN
from chainrule.explain.notation.symbols import FUNCTION_SYMBOLS, SYMBOLS
from chainrule.explain.render.mathml_symbols import symbol_mathml


@pytest.mark.parametrize("kind", SYMBOLS)
def test_every_symbol_reads_as_in_unicode(kind):
    symbol = SYMBOLS[kind]
    root = ElementTree.fromstring(f"<math>{symbol_mathml(symbol.latex)}</math>")
    text = "".join(root.itertext())
    plain = symbol.unicode.translate(str.maketrans("ᵗₜᶻ₁₂", "ttz12")).replace(" ", "")
    assert text in (plain, f"{plain[0]}^")  # a hat stands over its letter
    assert all(len(each.text) == 1 or each.text in ("ln", "exp") for each in root.iter("mi"))


def test_a_root_is_drawn_over_what_is_in_it():
    assert symbol_mathml(NTK.latex).endswith("<msqrt><mi>n</mi></msqrt>")


def test_words_stand_upright_and_a_mean_has_its_line():
    assert symbol_mathml(DEVIATION.latex) == "<mi>sd</mi>"
    assert "<mover><mi>in</mi>" in symbol_mathml(MEAN.latex)
    assert symbol_mathml(r"\mathrm{norm\_gain}") == "<mi>norm_gain</mi>"


@pytest.mark.parametrize("name", [n for n in FUNCTION_SYMBOLS if n != "sqrt"])
def test_functions_open_and_close(name):
    before, after = map(symbol_mathml, FUNCTION_SYMBOLS[name][2])
    words = re.sub("<[^>]*>", "", before + after)
    assert words[-1] in ")]|" and "\\" not in words
