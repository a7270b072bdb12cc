"""Healthy networks, fresh and trained, on zeros and kinks, in both number types: none is wrong."""

from __future__ import annotations

import pytest

from healthy import check


# 3172: frequencies of hundreds, whose waves are short beside the h of a central difference.
@pytest.mark.parametrize("seed", [*range(0, 60, 7), 3172])
def test_a_healthy_network_is_not_wrong(seed):
    report = check(seed)
    assert report.ok, str(report)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(60, 360, 50))
def test_many_healthy_networks_are_not_wrong(start):
    for seed in range(start, start + 50):
        report = check(seed)
        assert report.ok, f"seed {seed}\n{report}"
