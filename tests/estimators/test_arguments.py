"""Rules for arguments hold or say themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest

from chainrule.errors import SpecError
from chainrule.estimators.arguments import (
    check_arguments,
    either,
    listed,
    number,
    one_of,
    plain,
    seeds,
    unit_counts,
    whole,
)


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (whole(1, 9), [1, np.int32(9)], [0, 10, True, 1.0, "1"]),
        (number(0, 1), [0, 0.5, np.float32(0.9)], [1, -0.1, True, "0", math.nan, 10**400]),
        (number(0, 1, "(]"), [1, 0.1], [0, 1.1]),
        (one_of("a", "b"), ["a"], ["c", 1, None]),
        (either(whole(1), one_of("auto")), [3, "auto"], [0, "none"]),
        (seeds(8), [0, 255, None, np.random.RandomState(0)], [-1, 256, "seed"]),
    ],
)
def test_rules(rule, good, bad):
    holds, text = rule
    assert all(holds(value) for value in good) and not any(holds(value) for value in bad)
    with pytest.raises(SpecError, match=r"x must be .*, found"):
        check_arguments({"x": rule}, {"x": bad[0]})
    assert text


def test_lists_and_units():
    assert listed((1, 2)) == [1, 2] and listed("ab") is None and listed(3) is None
    assert unit_counts(7) == [7] and unit_counts((8, np.int64(4))) == [8, 4]
    with pytest.raises(SpecError, match="hidden_layer_sizes must be > 0, got 0"):
        unit_counts([8, 0])
    assert type(plain(np.float64(0.5))) is float and plain("x") == "x"
