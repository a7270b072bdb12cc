"""Activations as array operations, against the reference."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.export.activations import ACTIVATIONS
from chainrule.export.description import Description, InputColumn, Output, output_of
from chainrule.export.values import FLOAT64, concatenate, given
from chainrule.reference.activations import activation
from chainrule.spec import OUTPUT_ACTIVATIONS
from exports import WRITERS, exported


@pytest.mark.parametrize("writer", WRITERS)
def test_activations(writer):
    z = np.array([-90.0, -5.0, -0.3, -1e-9, 0.0, 1e-9, 0.7, 4.0, 30.0])[:, None] + [0.0, 0.25]
    columns = tuple(InputColumn(column, FLOAT64, "a number") for column in "uv")
    encoded = given("u", FLOAT64) + given("v", FLOAT64) * np.array([0.0, 1.0])
    x = given("x", FLOAT64, 2)
    made = concatenate([ACTIVATIONS[name](x) for name in OUTPUT_ACTIVATIONS])
    outputs = (Output("a", output_of(0, FLOAT64, made.width)),)
    described = Description(columns, encoded, made, ({},), outputs, FLOAT64, None, np.ones(1))
    rows = {"u": z[:, :1], "v": z[:, 1:] - z[:, :1]}
    found = np.hsplit(exported(described, writer, rows)["a"], len(OUTPUT_ACTIVATIONS))
    for name, own in zip(OUTPUT_ACTIVATIONS, found, strict=True):
        np.testing.assert_allclose(own, activation(name, z), rtol=1e-6, atol=2e-7, err_msg=name)
