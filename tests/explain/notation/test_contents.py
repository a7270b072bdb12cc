"""The verdict of a check in words."""

from __future__ import annotations

import pytest

from chainrule.explain.notation.contents import Check


@pytest.mark.parametrize(
    ("error", "verdict", "outcome"),
    [
        (1e-9, "ok", "relative error < 1e-05: ok"),
        (0.5, "ok", "the difference is rounding noise: ok"),
        (0.5, "FAILED", "relative error 0.5: FAILED"),
        (0.5, "kink", "says nothing across the kink of z1 of unit 0, row 3"),
    ],
)
def test_outcome(error, verdict, outcome):
    check = Check("central difference", 1.0, 1.0, error, 1e-5, verdict, "z1 of unit 0, row 3")
    assert check.outcome == outcome
    assert check.ok == (verdict != "FAILED")
