"""A drift of the target in time is seen through the noise of rows, and not where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.cli.problem import _drift_of_stretches

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("noise", [0.5, 1.0, 2.0])
def test_a_drift_is_the_share_of_its_variance(noise):
    """Half a wave: its variance is 1/2, that of the noise is known."""
    wave = np.sin(np.linspace(0, 2 * np.pi, 4_000))
    y = wave + noise * RANDOM.normal(size=4_000)
    assert _drift_of_stretches(y) == pytest.approx(0.5 / (0.5 + noise**2), abs=0.05)


def test_rows_without_order_do_not_drift():
    assert all(_drift_of_stretches(RANDOM.normal(size=300)) == 0 for _ in range(200))
    assert _drift_of_stretches(np.arange(100.0)) == 0.0  # too few rows to tell
    assert _drift_of_stretches(np.ones(400)) == 0.0
