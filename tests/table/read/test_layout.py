"""The rhythm of separators, in the bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.table.read import layout
from chainrule.table.read.layout import lay_out
from chainrule.table.read.text_file import open_text
from reading import write


def found(folder: Path, content: bytes, width: int) -> layout.Layout:
    file = open_text(str(write(folder, content)), "t.csv", None, str(folder))
    return lay_out(file, ",", width, header=True)


@pytest.mark.parametrize("block", [3, 8, 1 << 22])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize(
    ("content", "width", "n_records", "is_regular", "no_numbers"),
    [
        (b"a,b|1,2|3,4", 2, 3, True, set()),
        (b"a,b||1,2||", 2, 2, True, set()),
        (b"a|1||2|", 1, 4, True, set()),
        (b'a,b|"x,|y",2|', 2, 2, True, set()),
        (b"a,b|1,2,|3,4,|", 2, 3, True, set()),
        (b"a,b|1,2,|3,4|", 2, 3, False, set()),
        (b"a,b|1,2,,|3,4,,|", 2, 3, False, set()),
        (b"a,b|1|", 2, 2, False, set()),
        (b'a,b|"1,2|', 2, 1, False, set()),
        (b'a,b|"x"y,2|', 2, 2, False, set()),
        (b'a,b|1,"x" "y"|', 2, 2, False, set()),
        (b'a,b|"x" ,2|"p""q","""r"""|"",\t"y"\t|', 2, 4, True, set()),
        (b'0,b|007,2|3,"01"|0,0.5|', 2, 4, True, {0, 1}),
        (b"a_1,b_2|1_0,2|_3,4_|", 2, 3, True, {0}),
        (b"\xef\xbb\xbfa,b|1,01|", 2, 2, True, {1}),
    ],
)
def test_layouts(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    block: int,
    end: bytes,
    content: bytes,
    width: int,
    n_records: int,
    is_regular: bool,
    no_numbers: set[int],
) -> None:
    monkeypatch.setattr(layout, "_BLOCK", block)
    table = found(tmp_path, content.replace(b"|", end), width)
    assert table.is_regular == is_regular
    if is_regular:
        assert (table.n_records, table.no_numbers) == (n_records, no_numbers)
