"""Numbers that are more likely something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.errors import TableFileError
from reading import kinds, read

VERSIONS = "v,w\n" + "".join(f"1.{k % 12},x\n" for k in range(24))


def test_versions(tmp_path: Path) -> None:
    with pytest.raises(TableFileError, match=r"line 12, column 'v': found '1\.10' beside"):
        read(tmp_path, VERSIONS)
    assert kinds(read(tmp_path, VERSIONS, text=["v"]))["v"] == "text"
    assert read(tmp_path, VERSIONS, numbers={"v": "1234.5"})["v"][10] == 1.1
    with pytest.raises(TableFileError, match=r"found '1\.10'"):
        read(tmp_path, VERSIONS, sql="SELECT * FROM data")


@pytest.mark.parametrize(
    "texts",
    [
        ["1.5", "1.50", "2.25"],  # prices of two sources
        ["0.10", "0.1", "0.2", "0.37"],
        ["1.01", "1.1", "1.10"],  # parts with zeros in front are decimals
        ["1.9", "1.8", "1.7"],
    ],
)
def test_decimals_are_no_versions(tmp_path: Path, texts: list[str]) -> None:
    table = read(tmp_path, "v,w\n" + "".join(f"{text},x\n" for text in texts))
    assert table["v"].tolist() == [float(text) for text in texts]


def test_points_between_thousands(tmp_path: Path) -> None:
    beside = "n,w\n216,x\n1.600,y\n495,z\n"
    with pytest.raises(TableFileError, match=r"line 3, column 'n': found '1\.600'") as caught:
        read(tmp_path, beside)
    assert "--numbers n=1.234,5" in caught.value.hint and "n=1234.5" in caught.value.hint
    assert read(tmp_path, beside, numbers={"n": "1.234,5"})["n"].tolist() == [216, 1600, 495]
    assert read(tmp_path, beside, numbers={"n": "1234.5"})["n"].tolist() == [216, 1.6, 495]
    prices = ["9.589", "7.122", "10.400", "2.093", "12.379", "9.853"]
    with pytest.raises(TableFileError, match=r"line 2, column 'p': found '9\.589'"):
        read(tmp_path, "p;w\n" + "".join(f"{text};x\n" for text in prices))
    told = read(tmp_path, "p,w\n" + "".join(f"{text},x\n" for text in prices))
    assert told["p"][0] == 9.589 and "three digits behind its point" in told.report.notices[0]


@pytest.mark.parametrize("texts", [["216", "1.6", "495"], ["0.216", "1.600"], ["1.250", "2.1234"]])
def test_decimal_points(tmp_path: Path, texts: list[str]) -> None:
    table = read(tmp_path, "p;w\n" + "".join(f"{text};x\n" for text in texts))
    assert table["p"].tolist() == [float(text) for text in texts] and not table.report.notices


def test_two_spellings_of_one_number_are_told(tmp_path: Path) -> None:
    """Too few to be sure that they are versions, and numbers are seldom written in both ways."""
    table = read(tmp_path, "my v,w\n1.1,x\n1.10,x\n1.2,x\n1.9,x\n1.11,x\n")
    assert table["my v"].tolist() == [1.1, 1.1, 1.2, 1.9, 1.11]
    (notice,) = table.report.notices
    assert notice.startswith("column 'my v' holds '1.1' and '1.10', which are one number")
    assert notice.endswith("say --text 'my v'.")
    assert read(tmp_path, "v,w\n1.10,x\n1.20,x\n1.25,x\n").report.notices == ()
