"""What a file of figures is called after."""

from __future__ import annotations

import pytest
from benchmarks.machine import instruction_set


@pytest.mark.parametrize(
    ("ran", "has", "name"),
    [
        ("avx512", ["avx512", "avx2", "portable"], "avx512"),
        ("avx2", ["avx512", "avx2", "portable"], "avx2-avx512"),
        ("avx2", ["avx2", "portable"], "avx2"),
    ],
)
def test_a_machine_held_to_less_is_told_from_one_that_has_no_more(ran, has, name):
    assert instruction_set({"engine": {"isa": ran, "isas": has}}) == name
