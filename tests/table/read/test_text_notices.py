"""What is told of a column that is read as text."""

from __future__ import annotations

from pathlib import Path

from reading import read


def test_columns_filled_up_with_blanks_are_told(tmp_path: Path) -> None:
    table = read(tmp_path, "c,v\nred ,1\nblue,2\nred ,3\n")
    assert table["c"].tolist() == ["red ", "blue", "red "]
    assert "column 'c' is filled up with blanks to one length" in table.report.notices[0]
    assert read(tmp_path, "c,v\nr d,1\nblu,2\n").report.notices == ()


def test_na_that_may_be_a_name(tmp_path: Path) -> None:
    text = "iso,v\nNA,1\n,2\nDE,3\n"
    (notice,) = read(tmp_path, text).report.notices
    assert "'iso' has 1 empty field and 1 with NA; both are missing" in notice
    named = read(tmp_path, text, text=["iso"])
    assert named["iso"].tolist() == ["NA", None, "DE"]
    assert "column 'iso' holds NA once, which is a value there" in named.report.notices[0]
    gone = read(tmp_path, text, text=["iso"], missing=["NA"])
    assert gone["iso"].tolist() == [None, None, "DE"] and gone.report.notices == ()


def test_blanks_around_texts(tmp_path: Path) -> None:
    (notice,) = read(tmp_path, "c,v\nred,1\nred ,2\nbluish,3\n").report.notices
    assert "'red' and 'red ', which differ by the blanks around them" in notice
