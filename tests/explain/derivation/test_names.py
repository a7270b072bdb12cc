"""Quantities are read by index or by name; what cannot be read is answered with what there is."""

from __future__ import annotations

import pytest

from chainrule.errors import SpecError
from chainrule.explain.derivation.names import Asked, Names
from chainrule.spec import (
    CategoryEmbedding,
    Dense,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Scale,
)

SPEC = NetworkSpec(3, (Dense(4, "tanh"), Dense(2, "softmax")), Loss("cross_entropy"))


NAMES = Names(SPEC, ("bill length, mm", "island=Dream", "sex?"), ("Adelie", "Gentoo"))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("W1[3,2]", Asked("W", 1, 3, 2)),
        ("dL/dW1[3,2]", Asked("W", 1, 3, 2)),
        ("∂L/∂W1[3,island=Dream]", Asked("W", 1, 3, 1)),
        ("dL/db1[2]", Asked("b", 1, 2)),
        (" W2[ 1 , 0 ] ", Asked("W", 2, 1, 0)),
        ("W1[3,island=Dream]", Asked("W", 1, 3, 1)),
        ("W1[0,bill length, mm]", Asked("W", 1, 0, 0)),
        ("W2[Gentoo,3]", Asked("W", 2, 1, 3)),
        ("b1[2]", Asked("b", 1, 2)),
        ("b2[Adelie]", Asked("b", 2, 0)),
        ("delta1[3]", Asked("delta", 1, 3)),
        ("δ1[3]", Asked("delta", 1, 3)),
        ("delta1[3]@17", Asked("delta", 1, 3, row=17)),
        ("z2[0]", Asked("z", 2, 0)),
        ("a0[sex?]", Asked("a", 0, 2)),
        ("loss", Asked("loss")),
    ],
)
def test_what_can_be_asked(text, asked):
    assert NAMES.parse(text) == asked


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("W1", "write one such as"),
        ("gradient", "write one such as"),
        ("W3[0,0]", "layers 1 to 2"),
        ("z0[0]", "layers 1 to 2"),
        ("W1[4,0]", "unit 4 of layer 1, which has 4"),
        ("W1[0,3]", "unit 3 of the input, which has 3"),
        ("W1[0]", "two indices"),
        ("b1[-1]", "no unit called '-1'"),
        ("W1[0,island=Dreem]", "did you mean 'island=Dream'"),
        ("W1[0,zzz]", "one of them is 'bill length, mm'"),
        ("b1[x]", "no unit called 'x'"),
        ("dL/dz1[0]", "dL/d stands before a parameter only"),
        ("dL/dloss", "write one such as"),
    ],
)
def test_what_cannot_be_read(text, word):
    with pytest.raises(SpecError, match=word.replace("[", r"\[")):
        NAMES.parse(text)


def test_identifiers_and_parameters():
    assert NAMES.parse("W1[3,island=Dream]").identifier == "W1[3,1]"
    assert NAMES.parse("loss").identifier == "loss"
    assert NAMES.parameter("W1", 10) == "W1[3,1] island=Dream"
    assert NAMES.parameter("b2", 1) == "b2[1]"


def test_the_number_of_names_is_checked():
    with pytest.raises(SpecError, match="3 input names"):
        Names(SPEC, ("a",))


STEM = NetworkSpec(
    4,
    (
        PeriodicEmbedding(2, frequencies=6, outputs=2),
        CategoryEmbedding((3,), units=2),
        Scale(),
        Dense(4, "tanh", blend=True),
        Dense(2, "softmax"),
    ),
    Loss("cross_entropy"),
)


STEM_NAMES = Names(STEM, ("bill", "a, b", "sex?", "island"), ("p", "q"))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("W1[3,bill~1]", Asked("W", 1, 3, 1)),
        ("W1[3,island#1]", Asked("W", 1, 3, 8)),
        ("a0[sex?]", Asked("a", 0, 6)),
        ("freq[1,5]", Asked("freq", 0, 1, 5)),
        ("∂L/∂freq[1,5]", Asked("freq", 0, 1, 5)),
        ("dL/dblend1[3]", Asked("blend", 1, 3)),
        ("phase[bill,0]", Asked("phase", 0, 0, 0)),
        ("freq[a, b,5]", Asked("freq", 0, 1, 5)),
        ("mix[bill~1,4]", Asked("mix", 0, 1, 4)),
        ("mix[a, b~0,4]", Asked("mix", 0, 2, 4)),
        ("shift[a, b,1]", Asked("shift", 0, 1, 1)),
        ("levels[3,0]", Asked("levels", 0, 3, 0)),
        ("scale[island#0]", Asked("scale", 0, 7)),
        ("scale[2]@4", Asked("scale", 0, 2, row=4)),
        ("blend1[3]", Asked("blend", 1, 3)),
    ],
)
def test_parameters_before_layer_1_and_blends(text, asked):
    assert STEM_NAMES.parse(text) == asked


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("freq[2,0]", "column 2 of freq, which has 2"),
        ("freq[0,6]", "frequency 6 of freq, which has 6"),
        ("freq[0]", "freq has two indices, column and frequency"),
        ("mix[4,0]", "wave 4 of mix, which has 4"),
        ("freq[sex?,0]", "no column called 'sex"),
        ("scale[island]", "did you mean 'island#"),
        ("levels[4,0]", "level 4 of levels, which has 4"),
        ("blend2[0]", "no 'blend2'; its parameters are freq, phase, mix, shift, levels, scale, W1"),
        ("blend3[0]", "layers 1 to 2"),
        ("scale1[0]", "cannot read"),
    ],
)
def test_parameters_that_are_not_there(text, word):
    with pytest.raises(SpecError, match=word):
        STEM_NAMES.parse(text)
    with pytest.raises(SpecError, match="no 'scale'; its parameters are W1"):
        NAMES.parse("scale[0]")


def test_places_before_layer_1():
    assert STEM_NAMES.parse("freq[bill,3]").identifier == "freq[0,3]"
    assert STEM_NAMES.parse("scale[2]").identifier == "scale[2]"
    assert STEM_NAMES.parse("blend1[3]").identifier == "blend1[3]"
    assert STEM_NAMES.parameter("freq", 7) == "freq[1,1] a, b"
    assert STEM_NAMES.parameter("mix", 8) == "mix[1,2] bill~1"
    assert STEM_NAMES.parameter("scale", 7) == "scale[7] island#0"
    assert STEM_NAMES.parameter("levels", 5) == "levels[2,1]"
    assert STEM_NAMES.parameter("blend1", 2) == "blend1[2]"
