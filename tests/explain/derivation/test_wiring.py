"""Inputs of layer 1 are called after what they are made of."""

from __future__ import annotations

from chainrule.explain.notation.inputs import layer_inputs, level_of
from chainrule.explain.derivation.names import Names
from chainrule.spec import (
    CategoryEmbedding,
    Dense,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Scale,
)

STEM = NetworkSpec(
    4,
    (
        PeriodicEmbedding(2, frequencies=6, outputs=2),
        CategoryEmbedding((3,), units=2),
        Scale(),
        Dense(4, "tanh", blend=True),
        Dense(2, "softmax"),
    ),
    Loss("cross_entropy"),
)


STEM_NAMES = Names(STEM, ("bill", "a, b", "sex?", "island"), ("p", "q"))


def test_inputs_of_layer_1_are_called_after_what_they_are_made_of():
    waves = ("bill~0", "bill~1", "bill", "a, b~0", "a, b~1", "a, b")
    assert STEM_NAMES.layer_inputs == (*waves, "sex?", "island#0", "island#1")
    assert len(layer_inputs(STEM)) == STEM.n_inputs
    assert Names(STEM).layer_inputs == ()
    assert STEM_NAMES.of_unit(0, 7) == "island#0"
    assert [level_of(STEM, row) for row in (0, 3)] == [(3, 0), (3, 3)]
    many = NetworkSpec(3, (CategoryEmbedding((1, 2, 1)), Dense(1)), Loss("squared_error"))
    assert [level_of(many, row) for row in range(7)] == [
        (0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1),
    ]  # fmt: skip
