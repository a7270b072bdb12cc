"""Quantities are read by index or by name; what cannot be read is answered with what there is."""

from __future__ import annotations

import pytest

from chainrule.errors import SpecError
from chainrule.explain.names import Asked, Names
from chainrule.spec import Dense, Loss, NetworkSpec

SPEC = NetworkSpec(3, (Dense(4, "tanh"), Dense(2, "softmax")), Loss("cross_entropy"))
NAMES = Names(SPEC, ("bill length, mm", "island=Dream", "sex?"), ("Adelie", "Gentoo"))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("W1[3,2]", Asked("W", 1, 3, 2)),
        (" W2[ 1 , 0 ] ", Asked("W", 2, 1, 0)),
        ("W1[3,island=Dream]", Asked("W", 1, 3, 1)),
        ("W1[0,bill length, mm]", Asked("W", 1, 0, 0)),
        ("W2[Gentoo,3]", Asked("W", 2, 1, 3)),
        ("b1[2]", Asked("b", 1, 2)),
        ("b2[Adelie]", Asked("b", 2, 0)),
        ("delta1[3]", Asked("delta", 1, 3)),
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
