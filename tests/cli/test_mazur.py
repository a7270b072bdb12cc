"""Mazur's numbers, step 1 and step 10,000."""

from __future__ import annotations

import json
from typing import Any

import pytest


def test_mazur_in_full(cli: Any) -> None:
    found = json.loads(cli("demo", "mazur", "--json").out)
    arrays = found["trace"]["arrays"]
    assert found["trace"]["header"]["loss"] == pytest.approx(0.298371109, abs=1e-9)
    assert arrays["dL_dW2"][0][0] == pytest.approx(0.082167041, abs=1e-9)
    assert arrays["dL_dW1"][0][0] == pytest.approx(0.000438568, abs=1e-9)
    assert found["after_one_step"]["W2"][1] == pytest.approx([0.511301270, 0.561370121], abs=1e-9)
    frozen, trained = found["biases_frozen"], found["biases_trained"]
    assert frozen["loss"]["1"] == pytest.approx(0.291027773694, abs=1e-9)
    assert frozen["loss"]["10000"] == pytest.approx(3.510188e-05, abs=1e-10)
    assert frozen["outputs"] == pytest.approx([0.015913620, 0.984064274], abs=1e-9)
    assert trained["loss"]["1"] == pytest.approx(0.280471446791, abs=1e-9)
    assert trained["loss"]["10000"] == pytest.approx(2.447562e-06, abs=1e-11)
