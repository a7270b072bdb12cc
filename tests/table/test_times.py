"""Dates, spans and times of day in any container as one column of numbers, and back as cells."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from chainrule.errors import DataError
from chainrule.table.column import DATETIME, DURATION, TIME, Column
from chainrule.table.frame import as_table
from chainrule.table.times import as_cell, cell_in_words, holds_dates_as_text
from encoding import columns

ROME = ZoneInfo("Europe/Rome")
MOMENTS = [datetime.datetime(2024, 3, 31, 0, 30, tzinfo=ROME), None,
           datetime.datetime(2024, 3, 31, 3, 30, tzinfo=ROME)]  # fmt: skip
WALL = [datetime.datetime(1, 1, 1), None, datetime.datetime(9999, 12, 31, 23, 59)]
SPANS = [datetime.timedelta(1, 5), None, -datetime.timedelta(2)]
TIMES = [datetime.time(1, 30), None, datetime.time(23, 59, 59, 5)]
CELLS = {"moment": MOMENTS, "wall": WALL, "span": SPANS, "time": TIMES}
ARROW = pa.table(
    {
        "moment": pa.array(MOMENTS, pa.timestamp("us", "Europe/Rome")),
        "wall": pa.array(WALL, pa.timestamp("us")),
        "span": pa.array(SPANS, pa.duration("us")),
        "time": pa.array(TIMES, pa.time64("us")),
    }
)
CONTAINERS: dict[str, Any] = {
    "mapping": CELLS,
    "objects": {name: np.array(cells, dtype=object) for name, cells in CELLS.items()},
    "pandas objects": pd.DataFrame(CELLS, dtype=object),
    "pandas": pd.DataFrame(CELLS),
    "pandas arrow": ARROW.to_pandas(types_mapper=pd.ArrowDtype),
    "polars": pl.DataFrame(CELLS),
    "pyarrow": ARROW,
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_gives_the_same_numbers(container: str) -> None:
    found = columns(CONTAINERS[container])
    assert {name: (c.kind, c.zone) for name, c in found.items()} == {
        "moment": (DATETIME, "Europe/Rome"),
        "wall": (DATETIME, None),
        "span": (DURATION, None),
        "time": (TIME, None),
    }
    us_of_day = 86_400_000_000
    np.testing.assert_array_equal(
        found["moment"].values, [19812 + 84_600 / 86_400, np.nan, 19813 + 5_400 / 86_400]
    )
    last = 253_402_300_740_000_000 / us_of_day  # microseconds from 1970 to that minute
    np.testing.assert_array_equal(found["wall"].values, [-719_162, np.nan, last])
    np.testing.assert_array_equal(found["span"].values, [86_405 / 86_400, np.nan, -2.0])
    np.testing.assert_array_equal(found["time"].values, [1.5, np.nan, 86_399_000_005 / 3.6e9])


def test_offsets_that_differ_are_instants_of_utc() -> None:
    zones = [datetime.timezone(datetime.timedelta(hours=hours)) for hours in (1, 2)]
    moments = [datetime.datetime(1970, 1, 2, hour, tzinfo=zone)
               for hour, zone in zip((1, 2), zones, strict=True)]  # fmt: skip
    column = columns({"a": moments})["a"]
    assert column.zone == "UTC" and column.values.tolist() == [1.0, 1.0]
    assert columns({"a": moments[:1]})["a"].zone == "+01:00"


def test_instants_beside_times_without_a_zone_are_refused() -> None:
    cells = [datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 1, tzinfo=ROME)]
    with pytest.raises(DataError, match=r"'a' .*Europe/Rome \(row 1\) .*without a zone \(row 0\)"):
        columns({"a": cells})


def test_rows_keep_the_zone() -> None:
    taken = as_table(ARROW).take(np.array([2, 0])).column(0)
    assert taken.zone == "Europe/Rome" and taken.values.tolist() == [19813.0625, 19812.979166666668]


def test_cells_come_back() -> None:
    for name, column in columns(CELLS).items():
        for cell, value in zip(CELLS[name], column.values, strict=True):
            if cell is not None and name != "wall":
                again = as_cell(column, float(value))
                tolerance = datetime.timedelta(microseconds=5)
                if name == "time":
                    again, cell = (datetime.datetime.combine(datetime.date.min, t)
                                   for t in (again, cell))  # fmt: skip
                assert abs(again - cell) <= tolerance
    assert as_cell(Column("a", DATETIME, np.zeros(1)), 1.5) == np.datetime64("1970-01-02T12:00")


def test_cells_in_words() -> None:
    dates, instants = (Column("a", DATETIME, np.zeros(1), zone=zone) for zone in (None, "+01:00"))
    assert cell_in_words(dates, 1.0) == "1970-01-02"
    assert cell_in_words(dates, 1.5) == "1970-01-02T12:00:00"
    assert cell_in_words(instants, 1.0) == "1970-01-02T00:00:00 UTC"
    assert cell_in_words(Column("a", DURATION, np.zeros(1)), 1.5) == "1 day, 12:00:00"
    assert cell_in_words(Column("a", TIME, np.zeros(1)), 1.5) == "01:30:00"


def test_dates_as_text_are_noticed() -> None:
    assert holds_dates_as_text(columns({"a": ["2020-01-31", "2020-02-01 10:15", None]})["a"])
    assert not holds_dates_as_text(columns({"a": ["2020-01-31", "soon"]})["a"])
    assert not holds_dates_as_text(columns({"a": [1.0, 2.0]})["a"])
