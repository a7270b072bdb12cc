"""Includes point down the floors of the core: train, layers, kernels, base."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "core"
FLOORS = ("base", "kernels", "layers", "train")  # from the lowest up


@pytest.mark.parametrize("floor", FLOORS)
def test_a_file_includes_nothing_from_above(floor: str) -> None:
    above = FLOORS[FLOORS.index(floor) + 1 :]
    files = [path for path in (CORE / floor).iterdir() if path.suffix in (".cpp", ".h", ".inl")]
    assert files
    for path in files:
        included = re.findall(r'#include "(\w+)/', path.read_text())
        assert set(included) <= set(FLOORS)
        assert not set(included) & set(above), path.name


def test_every_folder_is_a_floor() -> None:
    assert {path.name for path in CORE.iterdir()} == set(FLOORS)
