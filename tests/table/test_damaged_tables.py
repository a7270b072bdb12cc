"""No damaged table is read wrong without a word; `damaged_tables.py` makes them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from damaged.grid import KINDS, make_grid
from damaged.judge import judge
from damaged_tables import damaged_tables


@pytest.mark.parametrize("name", [*KINDS][::3])
def test_one_file_of_a_kind(tmp_path: Path, name: str) -> None:
    rng = random.Random(name)
    verdict = judge(tmp_path, KINDS[name](make_grid(rng), rng))
    assert verdict.outcome != "wrong", verdict.why


@pytest.mark.slow
def test_a_sample_of_the_corpus(tmp_path: Path) -> None:
    found = [(name, judge(tmp_path, damaged)) for name, damaged in damaged_tables(2 * len(KINDS))]
    assert [(name, v.why) for name, v in found if v.outcome == "wrong"] == []
    # It is no corpus of refusals.
    assert sum(verdict.outcome == "right" for _, verdict in found) > len(found) / 3
