"""The rows of an embedding belong to levels, column after column."""

from __future__ import annotations

import numpy as np

from chainrule.explain.derivation.embedding import level_of
from chainrule.explain.explain import explain
from chainrule.spec import CategoryEmbedding, Dense, Loss, NetworkSpec


def test_the_level_of_a_row():
    spec = NetworkSpec(3, (CategoryEmbedding((1, 2, 1)), Dense(1)), Loss("squared_error"))
    assert [level_of(spec.placed[0], row) for row in range(7)] == [
        (0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1),
    ]  # fmt: skip


def test_the_rows_of_a_level(trace):
    explanation = explain(trace, "embedding[2,1]", top=None)
    met = {part.row for part in explanation.rows.parts if part.value}
    assert met == set(np.flatnonzero(trace.X[:, 3] == 2.0))
    assert "vector of level 2 of island" in explanation.what
    assert "missing and unknown levels" in explain(trace, "embedding[0,1]").what
