"""Activations as array operations, against the reference."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.export.activations import ACTIVATIONS
from chainrule.export.description import Description, InputColumn, Output, output_of
from chainrule.export.values import FLOAT64, given
from chainrule.reference.activations import activation
from chainrule.spec import OUTPUT_ACTIVATIONS
from exports import WRITERS, exported


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("name", OUTPUT_ACTIVATIONS)
def test_activations(name, writer):
    z = np.array([-90.0, -5.0, -0.3, -1e-9, 0.0, 1e-9, 0.7, 4.0, 30.0])[:, None] + [0.0, 0.25]
    columns = tuple(InputColumn(column, FLOAT64, "a number") for column in "uv")
    encoded = given("u", FLOAT64) + given("v", FLOAT64) * np.array([0.0, 1.0])
    made = ACTIVATIONS[name](given("x", FLOAT64, 2))
    outputs = (Output("a", output_of(0, FLOAT64, 2)),)
    described = Description(columns, encoded, made, ({},), outputs, FLOAT64, None, np.ones(1))
    rows = {"u": z[:, :1], "v": z[:, 1:] - z[:, :1]}
    found = exported(described, writer, rows)["a"]
    np.testing.assert_allclose(found, activation(name, z), rtol=1e-6, atol=2e-7)
