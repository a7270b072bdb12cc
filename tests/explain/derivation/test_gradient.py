"""A gradient is the sum of its rows' parts."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.explain.explain import explain


def test_collapsed_sums_state_the_rest_exactly(traced):
    short = explain(traced, "W1[2,1]", row=4, top=2)
    full = explain(traced, "W1[2,1]", row=4, top=None)
    assert short.value == full.value
    assert len(short.rows.parts) == 2
    shown = sum(part.value for part in short.rows.parts)
    assert short.rows.rest.count == 10
    assert shown + short.rows.rest.value == pytest.approx(full.rows.total, rel=1e-14)
    largest = sorted((abs(part.value) for part in full.rows.parts), reverse=True)
    assert [abs(part.value) for part in short.rows.parts] == largest[:2]
    paths = short.paths
    assert paths.n_paths == 24 and paths.rest.count == 22
    total = sum(path.value for path in paths.shown) + paths.rest.value
    assert total == pytest.approx(paths.total, abs=1e-12 * paths.absolute_sum)


def test_the_rows_of_a_level(trace):
    explanation = explain(trace, "levels[2,1]", top=None)
    met = {part.row for part in explanation.rows.parts if part.value}
    assert met == set(np.flatnonzero(trace.X[:, 3] == 2.0))
    assert "vector of level 2 of island" in explanation.what
    assert "missing and unknown levels" in explain(trace, "levels[0,1]").what
