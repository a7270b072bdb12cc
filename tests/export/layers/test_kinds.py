"""Every layer kind has an export, and it computes what the reference does."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import spec
from chainrule.export.description import Description, InputColumn, Output, output_of
from chainrule.export.layers import KINDS
from chainrule.export.network import forward
from chainrule.export.values import FLOAT64, concatenate, given
from chainrule.reference.forward import forward as forward_of_reference
from exports import WRITERS, exported, random_params
from kinds import examples, network_with

NAMES = ("a", "b", "c", "d")


def described(network, params):
    """A network alone, over four columns that are its features as they stand."""
    columns = tuple(InputColumn(name, FLOAT64, "a number") for name in NAMES)
    encoded = concatenate([given(name, FLOAT64) for name in NAMES])
    x = given("x", FLOAT64, network.n_features)
    output = Output("prediction", output_of(0, FLOAT64, network.n_outputs))
    return Description(
        columns, encoded, forward(network, x), (params,), (output,), FLOAT64, None, np.ones(1)
    )


def rows(layer):
    """Numbers, or the codes that an embedding reads."""
    X = np.random.default_rng(3).normal(size=(7, 4))
    for placed in network_with(layer).walk:
        if isinstance(placed.layer, spec.CategoryEmbedding):
            for place, known in enumerate(placed.layer.levels, start=placed.first):
                X[:, place] = np.arange(7) % (known + 1)
    return X


C = pytest.param("c", marks=pytest.mark.slow)


@pytest.mark.parametrize("writer", [*WRITERS[:-1], C])
@pytest.mark.parametrize("kind", spec.KINDS)
def test_the_forward_pass_is_that_of_the_reference(kind, writer):
    assert kind in KINDS, f"The layer kind '{kind}' has no file in export/layers/."
    for layer in examples(kind):
        network, X = network_with(layer), rows(layer)
        params = random_params(np.random.default_rng(5), network, "float64")
        _, a = forward_of_reference(network, params, X)
        feed = dict(zip(NAMES, np.hsplit(X, 4), strict=True))
        found = exported(described(network, params), writer, feed)["prediction"]
        np.testing.assert_allclose(found, a[-1], rtol=1e-6, atol=1e-6)  # ONNX: gelu in float32
