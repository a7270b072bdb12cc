from __future__ import annotations

from benchmarks.parts import bfloat16


def test_the_gain_is_the_median_of_the_rounds() -> None:
    figures = [
        {
            "name": "8-8-8; 4",
            "microseconds": {"float32": [30.0, 32.0, 31.0], "bfloat16": [20.0, 16.0, 10.0]},
            "losses": {"float32": 0.5, "bfloat16": 0.5004},
            "share": {"float32": 0.5, "bfloat16": 0.97},
        }
    ]
    row = [cell.strip() for cell in bfloat16.show(figures).splitlines()[2].split("|")[1:-1]]
    assert row == [
        "8-8-8; 4", "31.0", "16.0", "2.00x", "1.50-3.10", "50 %", "97 %", "0.50000", "0.50040",
    ]  # fmt: skip


def test_a_machine_without_it_says_so() -> None:
    assert bfloat16.show([]) == "This processor has no products of bfloat16."
