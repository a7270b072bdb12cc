"""Which text columns hold numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chainrule.errors import TableFileError
from chainrule.table.read.grammar import Conditions, Counts, kind_of
from reading import kinds, read


@pytest.mark.parametrize(
    ("counts", "kind"),
    [
        (Counts(4, 4), "empty"),
        (Counts(4, 1, 1, n_numbers=2), "number"),
        (Counts(4, n_numbers=4, n_leading_zero=1), "text"),
        (Counts(4, n_numbers=2), "mixed"),
        (Counts(5, n_numbers=2, n_number_texts=2, n_other_texts=1), "text"),
        (Counts(5, n_numbers=2, n_number_texts=2, n_placeholder_texts=1), "mixed"),  # 1, 2 and "?"
        (Counts(5, n_numbers=2, n_number_texts=2, n_placeholder_texts=4), "text"),
        (Counts(4, 1, n_booleans=3), "boolean"),
        (Counts(4, n_booleans=3), "text"),
    ],
)
def test_counts_decide(counts: Counts, kind: str) -> None:
    assert kind_of(counts) == kind


def test_tokens_are_literal() -> None:
    assert "'|NA|\\?'" in Conditions(["?"]).is_missing("c0")
    assert "'|\\?'" in Conditions(["?"]).literal.is_missing("c0")


@pytest.mark.parametrize(
    "value",
    [
        "0",
        " 3",
        "3 ",
        "\u00a03",
        "-1",
        "+5",
        ".5",
        "5.",
        "1e5",
        "1E-3",
        "-.5e+3",
        "1e-400",
        "12345678901234567890",
    ],
)
def test_number_grammar_accepts(tmp_path: Path, value: str) -> None:
    table = read(tmp_path, f"a,b\n{value},x\n{value},y\n")
    assert kinds(table)["a"] == "number"
    assert table["a"][0] == float(value)


@pytest.mark.parametrize(
    "value",
    ["0x1F", "inf", "1e999", "٣", "1e", "1 2", "--1"],
)
def test_number_grammar_refuses(tmp_path: Path, value: str) -> None:
    assert kinds(read(tmp_path, f'a;b\n"{value}";x\n"{value}";y\n'))["a"] == "text"
    with pytest.raises(TableFileError, match="line 3, column 'a': found"):
        read(tmp_path, f'a;b\n1;x\n"{value}";y\n2;z\n')


def test_leading_zeros_make_text(tmp_path: Path) -> None:
    table = read(tmp_path, "zip,n\n01234,0\n99999,0.5\n00501,00.5\n")
    assert table["zip"].tolist() == ["01234", "99999", "00501"]
    assert kinds(table) == {"zip": "text", "n": "number"}


def test_missing_tokens(tmp_path: Path) -> None:
    text = "n,t\n1,N/A\nNA,NA\nnan,x\n,\nNone,None\nNULL,?\n"
    table = read(tmp_path, text)
    np.testing.assert_array_equal(table["n"], [1] + [np.nan] * 5)
    assert table["t"].tolist() == ["N/A", None, "x", None, "None", "?"]
    assert read(tmp_path, text, missing=["?"])["t"].tolist()[-1] is None
    assert kinds(read(tmp_path, "n,t\n-999,x\n4,y\n", missing=["-999"])) == {
        "n": "number",
        "t": "text",
    }


def test_half_of_the_values_decide_between_refusal_and_text(tmp_path: Path) -> None:
    with pytest.raises(TableFileError, match=r"found 'x'.*1 other value of the column is a number"):
        read(tmp_path, "a,b\n1,1\nx,1\n")
    assert kinds(read(tmp_path, "a,b\n1,1\nx,1\ny,1\n"))["a"] == "text"
    assert kinds(read(tmp_path, "a,b\n1,1\nx,1\n", text=["a"]))["a"] == "text"
