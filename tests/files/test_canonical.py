"""Canonical JSON: one text per value, linear time on hostile text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.errors import ModelFileError
from chainrule.files.canonical import canonical, parse, parse_canonical

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text('ab\\"{[', max_size=3), inner)
    ),
    max_leaves=10,
)


@given(values)
def test_round_trip(value):
    text = canonical(value)
    assert parse_canonical(text, "text") == value
    assert json.loads(text) == value


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}',
        b'[{"b":{"a":1,"a":2}}]',
        b"NaN",
        b"[-Infinity]",
        b"[1,]",
        b"\xff",
        b'"\xed\xa0\x80"',
        b"[" * 17 + b"]" * 17,
        b"[" * 1_000_000,
        b'{"a":' * 100_000,
        b'"' * 1_000_001,
        b'"' + b"\\" * 1_000_001,
        b"9" * 5000,
        b"",
        b"[1] 2",
    ],
)
def test_refused_texts(text):
    with pytest.raises(ModelFileError):
        parse(text, "text")


@pytest.mark.parametrize("text", [b'{"b":1,"a":2}', b"[1, 2]", b"1.0e0", b'"\\u0041"', b"-0.00"])
def test_other_texts_of_a_value_are_not_canonical(text):
    parse(text, "text")
    with pytest.raises(ModelFileError, match="canonical"):
        parse_canonical(text, "text")


def test_nesting_counts_brackets_outside_text_only():
    deepest = b"[" * 16 + b"]" * 16
    assert parse(deepest, "text")
    assert parse(b'["' + b"[{" * 100 + b'"]', "text")
