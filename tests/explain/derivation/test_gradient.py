"""A gradient is the sum of its rows' parts."""

from __future__ import annotations

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
