"""The fingerprint of a table knows its values, and not its file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from chainrule.cli.fingerprint import fingerprint
from chainrule.table.read import read_table

FRAME = pd.DataFrame(
    {
        "x": [1.5, np.nan, 3.0],
        "word": ["a", None, "c"],
        "ok": [True, False, True],
        "when": pd.to_datetime(["2020-01-01", "2020-01-02", None]),
    }
)


def test_a_table_and_its_copy_in_another_format_agree(tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "t.csv", index=False)
    FRAME.to_parquet(tmp_path / "t.parquet", index=False)
    FRAME.to_csv(tmp_path / "semicolons.csv", index=False, sep=";")
    found = {fingerprint(read_table(path)) for path in tmp_path.iterdir()}
    assert len(found) == 1
    assert len(found.pop()) == 16


def test_any_change_of_values_names_or_order_is_another_table(tmp_path: Path) -> None:
    other = FRAME.assign(word=["a", "", "c"])
    frames = [
        FRAME,
        FRAME.assign(x=[1.5, np.nan, 3.25]),
        FRAME.assign(word=["a", "b", "c"]),
        FRAME.rename(columns={"x": "y"}),
        FRAME[["word", "x", "ok", "when"]],
        FRAME.iloc[::-1],
        FRAME.iloc[:2],
        FRAME.assign(when=pd.to_datetime(["2020-01-01", "2020-01-03", None])),
    ]
    found = set()
    for number, frame in enumerate([*frames, other]):
        path = tmp_path / f"{number}.parquet"
        frame.to_parquet(path, index=False)
        found.add(fingerprint(read_table(path)))
    assert len(found) >= len(frames)
