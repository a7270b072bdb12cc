"""The number formatter: significant digits, and full text that reads back to the same bits."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.explain.notation.numbers import format_error, format_number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.4, "0.4000"),
        (0.0087713546, "0.008771"),
        (-0.038098236, "-0.03810"),
        (0.000438568, "0.0004386"),
        (0.0000438568, "4.386e-05"),
        (0.99996, "1.000"),
        (9.99996, "10.00"),
        (1234.4, "1234"),
        (98765.4, "98765"),
        (999999.7, "1.000e+06"),
        (1e300, "1.000e+300"),
        (0.0, "0"),
        (-0.0, "0"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "NaN"),
    ],
)
def test_four_digits(value, text):
    assert format_number(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_full_reads_back_to_the_same_number(value):
    assert float(format_number(value, "full")) == value


@given(st.floats(-1e300, 1e300), st.integers(1, 17))
def test_rounding_is_to_the_digits_asked_for(value, digits):
    assert float(format_number(value, digits)) == pytest.approx(
        value, rel=0.51 * 10 ** (1 - digits)
    )


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (3.2e-9, "3e-09"), (0.23, "0.2")])
def test_errors_need_one_digit(value, text):
    assert format_error(value) == text
