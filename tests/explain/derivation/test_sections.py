"""The quantity comes first, then what its numbers are made of, in the order of the chain."""

from __future__ import annotations

import pytest

from chainrule.explain.explain import explain


@pytest.mark.parametrize(
    ("quantity", "titles"),
    [
        ("W2[3,4]", ["gradient", "delta of layer 2", "delta of the output", "activation"]),
        ("b3[1]", ["gradient", "delta of the output"]),
        ("delta1[2]", ["delta of layer 1", "delta of layer 2", "delta of the output"]),
        ("a2[1]", ["layer 2", "layer 1"]),
        ("loss", ["loss", "loss of row 4"]),
        ("a0[1]", []),
    ],
)
def test_order(traced, quantity, titles):
    found = explain(traced, quantity, row=4, check="none")
    assert [section.title for section in found.sections] == titles


def test_an_embedding_is_followed_down_to_it_and_up_to_the_loss(trace):
    titles = [section.title for section in explain(trace, "frequency[0,1]", check="none").sections]
    assert titles[:3] == ["gradient", "from layer 1 down", "up to layer 1"]
    assert titles[-1] == "delta of the output"


def test_no_equation_stands_twice(traced):
    equations = explain(traced, "W1[0,0]", check="none", top=None).equations
    assert len(equations) == len(set(equations))
