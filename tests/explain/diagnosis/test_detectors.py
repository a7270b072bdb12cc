"""The table of what can be diagnosed: sentences and fixes are filled with the evidence."""

from __future__ import annotations

import pytest

from chainrule.explain.diagnosis.detectors import TABLE, finding


def test_numbers_and_limits_go_into_a_finding():
    found = finding("dead-units", {"n": 300, "count": 9, "units": 16, "lower_rate": 0.003}, 1, [0])
    assert found.sentence.startswith("on all 300 rows z < 0 for 9 of 16 units")
    assert "learning_rate=0.003" in found.fix
    assert found.evidence["limit_share"] == TABLE["dead-units"]["share"]
    assert (found.layer, found.units) == (1, (0,))


@pytest.mark.parametrize("code", TABLE)
def test_every_row_says_what_it_looks_for_and_what_to_do(code):
    row = TABLE[code]
    assert row.looks_for and row.sentence and row.fix
    with pytest.raises(KeyError):
        row["a limit that is not there"]
