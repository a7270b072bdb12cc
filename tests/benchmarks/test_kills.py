"""A training that is killed loses no file and at most one interval."""

from __future__ import annotations

import os

import pytest
from benchmarks.kills import run


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_kills_lose_nothing() -> None:
    seen = run(25, seed=1)
    assert seen["kills"] == 25
    assert seen["trainings"] >= 2
    assert not any(seen[name] for name in ("unreadable", "lost more", "other bits"))
