"""Quantities are read by index or by name; what cannot be read is answered with what there is."""

from __future__ import annotations

import pytest

from chainrule.errors import SpecError
from chainrule.explain.derivation.asked import Asked
from chainrule.explain.derivation.names import Names
from chainrule.spec import (
    Activation,
    CategoryEmbedding,
    Columns,
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


EMBEDDED = NetworkSpec(
    4,
    (
        Columns(((2, PeriodicEmbedding(6, 2)), (1, None), (1, CategoryEmbedding((3,), units=2)))),
        Scale(),
        Dense(4, Activation("tanh", parametric=True)),
        Dense(2, "softmax"),
    ),
    Loss("cross_entropy"),
)


EMBEDDED_NAMES = Names(EMBEDDED, ("bill", "a, b", "sex?", "island"), ("p", "q"))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("W1[3,bill~1]", Asked("W", 1, 3, 1)),
        ("W1[3,island#1]", Asked("W", 1, 3, 8)),
        ("a0[sex?]", Asked("a", 0, 6)),
        ("frequency[1,5]", Asked("frequency", 0, 1, 5)),
        ("∂L/∂frequency[1,5]", Asked("frequency", 0, 1, 5)),
        ("dL/dactivation_weight1[3]", Asked("activation_weight", 1, 3)),
        ("phase[bill,0]", Asked("phase", 0, 0, 0)),
        ("frequency[a, b,5]", Asked("frequency", 0, 1, 5)),
        ("weight[bill~1,4]", Asked("weight", 0, 1, 4)),
        ("weight[a, b~0,4]", Asked("weight", 0, 2, 4)),
        ("bias[a, b,1]", Asked("bias", 0, 1, 1)),
        ("embedding[3,0]", Asked("embedding", 0, 3, 0)),
        ("scale[island#0]", Asked("scale", 0, 7)),
        ("scale[2]@4", Asked("scale", 0, 2, row=4)),
        ("activation_weight1[3]", Asked("activation_weight", 1, 3)),
    ],
)
def test_parameters_of_other_kinds(text, asked):
    assert EMBEDDED_NAMES.parse(text) == asked


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("frequency[2,0]", "column 2 of frequency, which has 2"),
        ("frequency[0,6]", "frequency 6 of frequency, which has 6"),
        ("frequency[0]", "frequency has two indices, column of frequency and frequency"),
        ("weight[4,0]", "output 4 of weight, which has 4"),
        ("frequency[sex?,0]", "no column called 'sex"),
        ("scale[island]", "did you mean 'island#"),
        ("embedding[4,0]", "level 4 of embedding, which has 4"),
        (
            "activation_weight2[0]",
            "no 'activation_weight2'; its parameters are frequency, phase, weight, bias,",
        ),
        ("activation_weight3[0]", "layers 1 to 2"),
        ("scale1[0]", "no 'scale1'"),
    ],
)
def test_parameters_that_are_not_there(text, word):
    with pytest.raises(SpecError, match=word):
        EMBEDDED_NAMES.parse(text)
    with pytest.raises(SpecError, match="no 'scale'; its parameters are W1"):
        NAMES.parse("scale[0]")


def test_places_before_layer_1():
    assert EMBEDDED_NAMES.parse("frequency[bill,3]").identifier == "frequency[0,3]"
    assert EMBEDDED_NAMES.parse("scale[2]").identifier == "scale[2]"
    assert EMBEDDED_NAMES.parse("activation_weight1[3]").identifier == "activation_weight1[3]"
    assert EMBEDDED_NAMES.parameter("frequency", 7) == "frequency[1,1] a, b"
    assert EMBEDDED_NAMES.parameter("weight", 8) == "weight[1,2] bill~1"
    assert EMBEDDED_NAMES.parameter("scale", 7) == "scale[7] island#0"
    assert EMBEDDED_NAMES.parameter("embedding", 5) == "embedding[2,1]"
    assert EMBEDDED_NAMES.parameter("activation_weight1", 2) == "activation_weight1[2]"


def test_inputs_of_layer_1_are_called_after_what_they_are_made_of():
    outputs = ("bill~0", "bill~1", "bill", "a, b~0", "a, b~1", "a, b")
    assert EMBEDDED_NAMES.layer_inputs == (*outputs, "sex?", "island#0", "island#1")
    assert len(EMBEDDED_NAMES.layer_inputs) == EMBEDDED.n_inputs
    assert Names(EMBEDDED).layer_inputs == ()
    assert EMBEDDED_NAMES.of_unit(0, 7) == "island#0"


def named(given):
    layers = (CategoryEmbedding((3,), 2), Dense(2, "tanh"), Dense(2, "softmax"))
    return Names.of(NetworkSpec(1, layers, Loss("cross_entropy")), given)


def test_units_outputs_and_levels_have_names_too():
    levels = {"island": ["Biscoe", "Dream", "Torgersen"]}
    names = named({"inputs": ["island"], "outputs": ["no", "yes"], 1: ["a", "b"], "levels": levels})
    assert names.parse("W2[yes,b]").at == (1, 1)
    assert names.parse("embedding[island=Dream,1]").at == (2, 1)
    assert names.parse("embedding[island=?,0]").at == (0, 0)
    assert names.parse("dl/dW1[a,island#1]@3") == Asked("W", 1, 0, 1, 3)
    assert names.called(1, 1) == "unit 1 of layer 1 (b)"
    assert Names.of(names.spec, names) is names
    assert named(None) == Names(names.spec)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["a", "b"], "1 input names are needed, found 2"),
        ("island", "must be a list of names, found the text 'island'"),
        ({"columns": ["a"]}, "names has no entry 'columns'"),
        ({5: ["a"]}, "layer 5: the hidden layers are 1 to 1"),
        ({1: ["a"]}, "2 layer 1 unit names are needed, found 1"),
        ({"inputs": ["island"], "levels": {"island": ["a"]}}, "3 'island' level names are needed"),
        ({"inputs": ["island"], "levels": {"sex": ["a"]}}, "the columns of codes are island"),
    ],
)
def test_names_that_cannot_be(given, message):
    with pytest.raises(SpecError, match=message):
        named(given)
