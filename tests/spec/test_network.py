"""What a network may be, its JSON form, and one clear sentence for all that it may not be."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given

from chainrule.errors import ChainruleError, SpecError
from chainrule.spec import (
    ACTIVATIONS,
    LOSSES,
    OUTPUT_ACTIVATIONS,
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Scale,
)
from strategies import OUTPUTS, network_specs

SQUARED, POISSON = Loss("squared_error"), Loss("poisson")
PERIODIC = PeriodicEmbedding()


def example() -> NetworkSpec:
    layers = (Dropout(0.1), Dense(5, "relu"), Dense(4, "tanh", ntk=True), Dropout(0.5), Dense(2))
    return NetworkSpec(3, layers, SQUARED)


def test_what_a_spec_says_about_itself() -> None:
    spec = example()
    assert spec.n_layers == 3
    assert spec.layer_sizes == (3, 5, 4, 2)
    assert spec.n_outputs == 2
    assert spec.output_activation == "identity"
    assert spec.dropout_rates == (0.1, 0.0, 0.5, 0.0)
    assert spec.parameter_shapes == {
        "W1": (5, 3),
        "b1": (5,),
        "W2": (4, 5),
        "b2": (4,),
        "W3": (2, 4),
        "b3": (2,),
    }
    assert list(spec.parameter_shapes) == ["W1", "b1", "W2", "b2", "W3", "b3"]
    assert spec.n_parameters == 15 + 5 + 20 + 4 + 8 + 2


def test_json_form_in_full() -> None:
    assert example().to_json() == {
        "n_features": 3,
        "layers": [
            {"kind": "dropout", "rate": 0.1},
            {"kind": "dense", "units": 5},
            {"kind": "activation", "function": "relu"},
            {"kind": "dense", "units": 4, "ntk": True},
            {"kind": "activation", "function": "tanh"},
            {"kind": "dropout", "rate": 0.5},
            {"kind": "dense", "units": 2},
        ],
        "loss": {"name": "squared_error"},
    }


@given(network_specs())
def test_json_gives_back_an_equal_spec(spec: NetworkSpec) -> None:
    back = NetworkSpec.from_json(json.loads(json.dumps(spec.to_json())))
    assert back == spec
    assert hash(back) == hash(spec)


@pytest.mark.parametrize(
    "loss", [Loss("huber", huber_delta=2.5), Loss("pinball", quantiles=[0.1, 0.9])]
)
def test_json_keeps_the_constants_of_a_loss(loss: Loss) -> None:
    spec = NetworkSpec(1, [Dense(2)], loss)
    assert NetworkSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec


def test_a_shorthand_becomes_the_layers_that_it_stands_for() -> None:
    short = NetworkSpec(2, (Dense(3, Activation("tanh", True), ntk=True), Dense(1, "exp")), POISSON)
    hidden = (Dense(3, ntk=True), Activation("tanh", parametric=True))
    assert short == NetworkSpec(2, (*hidden, Dense(1), Activation("exp")), POISSON)
    assert short.layers == (*hidden, Dense(1), Activation("exp"))


def test_every_layer_has_its_place() -> None:
    side_by_side = Columns(((1, None), (2, PERIODIC), (1, CategoryEmbedding((3,), 2))))
    layers = (side_by_side, Scale(), Dropout(0.1), Dense(5, Activation("tanh", True)), Dense(1))
    spec = NetworkSpec(4, layers, SQUARED)
    kinds = ["periodic", "embedding", "columns", "scale", "dropout", "dense", "activation", "dense"]
    assert [at.layer.kind for at in spec.walk] == kinds
    assert [at.index for at in spec.walk] == list(range(8))
    assert [at.number for at in spec.walk] == [0, 0, 0, 0, 0, 1, 1, 2]
    assert [(at.n_in, at.n_out) for at in spec.walk[:4]] == [(2, 8), (1, 2), (4, 11), (11, 11)]
    assert [at.first for at in spec.placed[0].inside] == [1, 3]
    assert [len(segment) for segment in spec.segments] == [5, 2, 1]
    assert [at.layer.kind for at in spec.a_places if at] == ["scale", "activation", "dense"]
    assert spec.activations == ("identity", "tanh", "identity")
    assert spec.dropout_rates == (0.1, 0.0, 0.0)
    assert spec.layer_sizes == (11, 5, 1)
    before = ["frequency", "phase", "weight", "bias", "embedding", "scale"]
    assert list(spec.parameters) == [*before, "W1", "b1", "activation_weight1", "W2", "b2"]
    assert [name for name, p in spec.parameters.items() if p.is_weight] == ["W1", "W2"]


def test_where_nothing_makes_the_inputs_of_layer_1() -> None:
    assert example().a_places[0] is None
    assert [at.number for at in example().a_places if at] == [1, 2, 3]


def test_lists_become_tuples_and_nothing_changes_afterwards() -> None:
    spec = NetworkSpec(3, [Dense(2)], SQUARED)
    assert spec.layers == (Dense(2),)
    with pytest.raises(FrozenInstanceError):
        spec.n_features = 4  # type: ignore[misc]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", OUTPUT_ACTIVATIONS)
def test_pairs_of_loss_and_output_activation(loss: str, activation: str) -> None:
    quantiles = (0.2, 0.8) if loss == "pinball" else ()
    arguments = (1, (Dense(2, activation),), Loss(loss, quantiles=quantiles))
    if (loss, activation) in OUTPUTS:
        assert NetworkSpec(*arguments).output_activation == activation
    else:
        with pytest.raises(SpecError, match=f"loss '{loss}' goes with output activation"):
            NetworkSpec(*arguments)


def test_elementwise_activations_and_own_activations_of_losses() -> None:
    for row in LOSSES.values():
        own = row.output_activation
        assert own in (ACTIVATIONS if row.any_elementwise else OUTPUT_ACTIVATIONS)
        assert own in row.activations


REFUSED: list[tuple[Any, str]] = [
    ((0, [Dense(1)], SQUARED), "n_features must be a whole number from 1 to 16777216, found 0"),
    ((2.0, [Dense(1)], SQUARED), "n_features must be a whole number .* found 2.0"),
    ((True, [Dense(1)], SQUARED), "n_features must be a whole number .* found True"),
    ((2**40, [Dense(1)], SQUARED), "n_features must be a whole number .* found 1099511627776"),
    ((2, [], SQUARED), "a network has 1 to 4000 layers, found 0"),
    ((2, [Dense(1)] * 1001, SQUARED), "a network has 1 to 1000 dense layers, found 1001"),
    ((2, [Dense(3), Dense("4")], SQUARED), "units of layer 1 must be a whole number .* found '4'"),
    ((2, [Dense(3, "softmax"), Dense(1)], SQUARED), "'softmax' is for the output layer only"),
    ((2, [Dense(3, "exp"), Dense(1)], SQUARED), "'exp' is for the output layer only"),
    ((2, ["dense"], SQUARED), r"layer 0 must be a layer, such as Dense\(8\), found 'dense'"),
    ((2, [Dropout(0.1), Dropout(0.1), Dense(1)], SQUARED), "two dropout layers follow each other"),
    ((2, [Dense(1), Dropout(0.1)], SQUARED), "the last layer must be dense, found dropout"),
    ((2, [Activation("tanh")], SQUARED), "the last layer must be dense, found activation"),
    ((2, [Dense(1), Scale(), Activation("tanh")], SQUARED), "the last layer must be dense"),
    ((2, [Scale(), Scale(), Dense(1)], SQUARED), "two scale layers stand behind layer 0 without"),
    ((2, [Dense(2), Scale(), Scale(), Dense(1)], SQUARED), "two scale layers .* behind layer 1"),
    ((2, [Dropout(0.1), Scale(), Dropout(0.1), Dense(1)], SQUARED), "two dropout layers stand"),
    ((2, [Scale(), PERIODIC, Dense(1)], SQUARED), "the periodic layer reads the features: it must"),
    ((2, [Dense(2), PERIODIC, Dense(1)], SQUARED), "the periodic layer reads the features"),
    ((1 << 24, [PERIODIC, Dense(1)], SQUARED), "layer 0 is too large: at most 16777216 units or"),
    ((2, [Dense(1)], "squared_error"), "loss must be a Loss, .* found 'squared_error'"),
    ((2, [Dense(1)], Loss("mse")), "unknown loss 'mse'; the losses are squared_error, "),
    ((2, [Dense(1)], Loss(["huber"])), r"unknown loss \['huber'\]"),
    ((2, [Dense(1, "softmax")], Loss("cross_entropy")), "cross_entropy needs at least 2 outputs"),
    ((2, [Dense(1)], Loss("huber", huber_delta=0.0)), "huber_delta must be a number above 0"),
    ((2, [Dense(1)], Loss("huber", float("inf"))), "huber_delta .* above 0, found inf"),
    ((2, [Dense(1)], Loss("squared_error", 2.0)), "huber_delta belongs to loss 'huber'"),
    ((2, [Dense(1)], Loss("huber", quantiles=(0.5,))), "quantiles belong to loss 'pinball'"),
    ((2, [Dense(1)], Loss("pinball")), "one quantile per output: 1 outputs, 0 quantiles"),
    ((2, [Dense(1)], Loss("pinball", quantiles=(0.1, 0.9))), "1 outputs, 2 quantiles"),
    ((2, [Dense(1)], Loss("pinball", quantiles=(1.0,))), r"lie between 0 and 1, found \[1.0\]"),
    ((2, [Dense(1)], Loss("pinball", quantiles=("a",))), "quantiles must lie between 0 and 1"),
    ((2, [Dense(2)], Loss("pinball", quantiles=(0.9, 0.1))), r"must ascend, found \[0.9, 0.1\]"),
    ((2, [Dense(2)], Loss("pinball", quantiles=(0.5, 0.5))), "quantiles must ascend"),
]


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED)
def test_refused_with_a_sentence(arguments: Any, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence) as caught:
        NetworkSpec(*arguments)
    assert isinstance(caught.value, ValueError) and isinstance(caught.value, ChainruleError)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


GOOD: dict[str, Any] = {
    "n_features": 2,
    "layers": [{"kind": "dense", "units": 1}],
    "loss": {"name": "squared_error"},
}
REFUSED_FORMS: list[tuple[Any, str]] = [
    (None, "network must be a description with named entries, found None"),
    ([1], r"network must be a description with named entries, found \[1\]"),
    ({}, "network lacks 'layers'"),
    ({**GOOD, "lr": 1}, "network has an unknown entry 'lr'"),
    ({**GOOD, "layers": "dense"}, "'layers' must be a list of layer descriptions"),
    ({**GOOD, "layers": {"kind": "dense"}}, "'layers' must be a list of layer descriptions"),
    ({**GOOD, "layers": [3]}, "layer 0 must be a description with a 'kind', found 3"),
    ({**GOOD, "layers": [{"kind": "conv"}]}, "layer 0 has kind 'conv'; the kinds are dense, "),
    ({**GOOD, "layers": [{"units": 3}]}, "layer 0 has kind None"),
    ({**GOOD, "loss": "squared_error"}, "loss must be a description .* found 'squared_error'"),
    ({**GOOD, "loss": {}}, "loss lacks 'name'"),
    ({**GOOD, "loss": {"name": {}}}, "unknown loss {}"),
    ({**GOOD, "loss": {"name": "huber", "delta": 1}}, "loss has an unknown entry 'delta'"),
    ({**GOOD, "loss": {"name": "pinball", "quantiles": 0.5}}, "'quantiles' must be a list"),
    ({**GOOD, "loss": {"name": "pinball", "quantiles": "0.5"}}, "'quantiles' must be a list"),
    ({**GOOD, "loss": {"name": "huber", "huber_delta": None}}, "huber_delta .* found None"),
]


@pytest.mark.parametrize(("form", "sentence"), REFUSED_FORMS)
def test_forms_refused_with_a_sentence(form: Any, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence) as caught:
        NetworkSpec.from_json(form)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_defaults_of_a_form() -> None:
    spec = NetworkSpec(2, (Dense(1, "identity", ntk=False),), SQUARED)
    assert NetworkSpec.from_json(GOOD) == spec
