"""What holds for every layer kind: its JSON form, and a clear sentence for what it may not be."""

from __future__ import annotations

import json
from dataclasses import MISSING, FrozenInstanceError, fields
from typing import Any

import pytest

from chainrule.errors import SpecError
from chainrule.spec import (
    KINDS,
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    NetworkSpec,
    Part,
    PeriodicEmbedding,
)
from chainrule.spec.layers import layer_from_json
from kinds import examples, network_with


@pytest.mark.parametrize("kind", KINDS)
def test_json_gives_back_an_equal_layer(kind: str) -> None:
    for layer in examples(kind):
        assert layer.kind == kind and type(layer) is KINDS[kind]
        form = json.loads(json.dumps(layer.to_json(), allow_nan=False))
        back = layer_from_json("layer 0", form)
        assert back == layer and hash(back) == hash(layer)
        assert back.to_json() == form


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_names_the_kind_and_no_default(kind: str) -> None:
    for layer in examples(kind):
        form = layer.to_json()
        assert form.pop("kind") == kind
        defaults = {f.name: f.default for f in fields(layer)}
        assert form.keys() <= layer.constants().keys()
        assert all(
            defaults[name] is MISSING or value != defaults[name] for name, value in form.items()
        )


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_around_it_has_an_equal_form_too(kind: str) -> None:
    for layer in examples(kind):
        spec = network_with(layer)
        assert NetworkSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_and_missing_entries_are_named(kind: str) -> None:
    form = examples(kind)[0].to_json()
    with pytest.raises(SpecError, match=r"^layer 3 has an unknown entry 'colour'\.$"):
        layer_from_json("layer 3", {**form, "colour": 1})
    required = [f.name for f in fields(KINDS[kind]) if f.default is MISSING]
    for name in required:
        without = {key: value for key, value in form.items() if key != name}
        with pytest.raises(SpecError, match=rf"^layer 3 lacks '{name}'\.$"):
            layer_from_json("layer 3", without)


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_never_changes_and_says_what_it_is(kind: str) -> None:
    for layer in examples(kind):
        for constant in layer.constants():
            with pytest.raises(FrozenInstanceError):
                setattr(layer, constant, 1)
        assert isinstance(layer.label(), str)


REFUSED: list[tuple[Any, str]] = [
    (Dense(0), "units of layer 0 must be a whole number from 1 to 16777216, found 0"),
    (Dense(None), "units of layer 0 must be a whole number .* found None"),
    (Dense(1, "rleu"), "unknown activation 'rleu' in layer 0; the activations are identity, "),
    (Dense(1, ["relu"]), r"unknown activation \['relu'\] in layer 0"),
    (Dense(1, ntk=1), "ntk of layer 0 must be True or False, found 1"),
    (Dense(1, Activation("tanh", 1)), "parametric of layer 0 must be True or False, found 1"),
    (Dense(1, Activation("tanh", True)), "the activation of the output has no parameters"),
    (Activation("rleu"), "unknown activation 'rleu' in layer 0"),
    (Activation(3), "unknown activation 3 in layer 0"),
    (Activation("tanh", parametric=1), "parametric of layer 0 must be True or False, found 1"),
    (Activation("softmax"), "activation 'softmax' is for the output layer only; hidden layers"),
    (Dropout(1.0), "dropout rate of layer 0 must be at least 0 and below 1, found 1.0"),
    (Dropout(-0.1), "dropout rate of layer 0 .* found -0.1"),
    (Dropout(float("nan")), "dropout rate of layer 0 .* found nan"),
    (Dropout("0.5"), "dropout rate of layer 0 .* found '0.5'"),
    (Dropout(10**400), "dropout rate of layer 0 .* found 1000"),
    (PeriodicEmbedding(0), "frequencies of layer 0 must be a whole number .* found 0"),
    (PeriodicEmbedding(4, 17), "outputs of layer 0 must be a whole number from 1 to 16, found 17"),
    (CategoryEmbedding(()), "layer 0 embeds no feature: its 'levels' are empty"),
    (CategoryEmbedding((1, 2)), "layer 0 embeds 2 columns, but reads 4"),
    (CategoryEmbedding((1, 1, 1, 0)), "levels of layer 0 must be a whole number .* found 0"),
    (CategoryEmbedding((1,) * 4, 0), "units of layer 0 must be a whole number .* found 0"),
    (CategoryEmbedding((1, 1, 1, 1 << 24)), "layer 0 is too large: at most 16777216 units or lev"),
    (Columns(()), "layer 0 has no parts"),
    (Columns(((3, None),)), "the parts of layer 0 read 3 columns, there are 4"),
    (Columns(((0, None), (4, None))), "columns of a part of layer 0 must be .* found 0"),
    (Columns((Part(4, Dense(2)),)), r"a part of layer 0 must be an embedding .* found Dense"),
    (Columns((Part(4, "periodic"),)), "a part of layer 0 must be an embedding .* found 'periodic'"),
    (Columns((Part(4, Columns(((4, None),))),)), "a part of layer 0 must be an embedding of its"),
    (Columns(((4, PeriodicEmbedding(0)),)), "frequencies of layer 0 must be .* found 0"),
    (
        Columns(((2, PeriodicEmbedding()), (2, PeriodicEmbedding()))),
        "two periodic layers stand behind layer 0 without a dense layer between them; use one",
    ),
]


@pytest.mark.parametrize(("layer", "sentence"), REFUSED)
def test_refused_with_a_sentence(layer: Any, sentence: str) -> None:
    head = [] if isinstance(layer, Dense) else [Dense(1)]
    with pytest.raises(SpecError, match=sentence) as caught:
        NetworkSpec(4, [layer, *head], network_with(Dense(1)).loss)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_parts_and_levels_that_are_no_lists_of_them() -> None:
    with pytest.raises(SpecError, match=r"a part of columns must be a pair .* found 3\."):
        Columns((3,))  # type: ignore[arg-type]
    with pytest.raises(SpecError, match=r"'levels' must be a list of whole numbers, found 3\."):
        CategoryEmbedding(3)  # type: ignore[arg-type]


REFUSED_FORMS: list[tuple[Any, str]] = [
    (3, "layer 0 must be a description with a 'kind', found 3"),
    ({"kind": ["scale"]}, r"layer 0 has kind \['scale'\]; the kinds are dense, activation"),
    ({"kind": "dense", "units": 1, "activation": 3}, "unknown activation 3 in layer 0"),
    ({"kind": "columns", "parts": 3}, "'parts' of layer 0 must be a list"),
    ({"kind": "columns", "parts": [3]}, "a part of layer 0 must be a description with named"),
    ({"kind": "columns", "parts": [{"layer": None}]}, "a part of layer 0 lacks 'columns'"),
    ({"kind": "columns", "parts": [{"columns": 4, "layer": 3}]}, "with a 'kind', found 3"),
]


@pytest.mark.parametrize(("form", "sentence"), REFUSED_FORMS)
def test_forms_refused_with_a_sentence(form: Any, sentence: str) -> None:
    network = network_with(Dense(1)).to_json() | {"layers": [form, {"kind": "dense", "units": 2}]}
    with pytest.raises(SpecError, match=sentence) as caught:
        NetworkSpec.from_json(network)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)
