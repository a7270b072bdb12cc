"""JSON keeps every number and every name as it is."""

from __future__ import annotations

import json

import pytest

from chainrule.explain.explain import explain
from chainrule.explain.notation.tree import Quantity
from chainrule.explain.render.json import node
from rendered import HOSTILE, trace_of


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_text(name):
    found = explain(trace_of(names=(name, "b", "c", "d")), "W1[0,0]")
    assert name in json.loads(json.dumps(found.to_json()))["header"]["inputs"]


def test_a_quantity_says_where_it_lives():
    assert node(Quantity("w", 0.5, 1, 3, 2)) == {
        "quantity": "w", "value": 0.5, "ref": "w/1/3/2", "layer": 1, "unit": 3, "source": 2,
    }  # fmt: skip
