"""XOR's numbers at the end of its training."""

from __future__ import annotations

import json
from typing import Any

import pytest


def test_demo_xor_in_full(cli: Any) -> None:
    found = json.loads(cli("demo", "xor", "--json").out)
    before = [0.0602901230512367, 0.9444722199003842, 0.9443669994791755, 0.05997169269714796]
    after = [0.06028403490133595, 0.9444784005976045, 0.9443731977856975, 0.05996464530429643]
    assert found["outputs_before_last_update"] == pytest.approx(before, abs=1e-9)
    assert found["outputs"] == pytest.approx(after, abs=1e-9)
    weights = [-8.026635365285362, 7.4211608201554755]
    assert found["end"]["W2"][0] == pytest.approx(weights, abs=1e-9)
    assert found["end"]["b2"][0] == pytest.approx(-3.350009770053441, abs=1e-9)
    assert found["loss"]["0"] == pytest.approx(0.575949643, abs=1e-9)
    assert found["loss"]["10000"] == pytest.approx(0.006703456338, abs=1e-9)
