"""What is written is what tomllib reads."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from chainrule.cli.toml import in_toml

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
VALUES = st.one_of(
    st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False),
    TEXT, st.lists(TEXT),
)  # fmt: skip


@given(VALUES)
def test_every_value_comes_back(value: object) -> None:
    assert tomllib.loads(in_toml({"a": {"k": value}, "b": {}})) == {"a": {"k": value}, "b": {}}
