"""Columns that only name rows are named and left out."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.table import Encoder, as_table
from chainrule.table.encode.identifier import is_identifier

N = 60
IDS = [f"u{k:03d}" for k in range(N)]


def column(values, name="x"):
    return as_table(
        {name: np.array(values, object if isinstance(values[0], str) else float)}
    ).column(0)


@pytest.mark.parametrize(
    ("name", "values", "names_rows"),
    [
        ("who", IDS, True),
        ("who", [*IDS[:-2], "u000", "u001"], True),  # 97 % have a value of their own
        ("who", IDS[:29], False),
        ("who", [f"u{k % 30}" for k in range(N)], False),
        ("id", list(range(N)), True),
        ("customer_id", [7 * k for k in range(N)], True),
        ("OrderID", list(range(N)), True),
        ("row number", list(range(N)), True),
        ("price", list(range(N)), False),
        ("paid", list(range(N)), False),
        ("year", list(range(1950, 1950 + N)), False),
        ("id", [k + 0.5 for k in range(N)], False),
        ("id", [k % 20 for k in range(N)], False),
    ],
)
def test_what_names_rows(name, values, names_rows):
    assert is_identifier(column(values, name), named=True) == names_rows


def test_numbers_without_names_name_nothing():
    assert not is_identifier(column(list(range(N)), "id"), named=False)


def test_left_out_by_default_and_not_needed_later():
    table = {"x": np.arange(N) % 7, "who": np.array(IDS, object)}
    encoder, notices = Encoder.fit(as_table(table))
    assert encoder.input_names == ("x",) and encoder.left_out == ("who",)
    assert "('who')" in notices[0] and "--keep-id" in notices[0]
    assert encoder.column_names == ("x",)
    again = Encoder.from_json(encoder.to_json())
    assert again == encoder
    for new in (table, {"x": table["x"]}):
        inputs, said = again.transform(as_table(new))
        assert inputs.shape == (N, 1) and said == []
    kept, notices = Encoder.fit(as_table(table), drop_identifiers=False)
    assert len(kept.input_names) == 1 + N and notices == []
