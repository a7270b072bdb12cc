"""Arrow's own types in a Parquet file: zones and spans, from every writer; and foreign bytes."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.table.read.load.arrow_schema import ArrowType, arrow_types
from chainrule.table.read.reader import read_table

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

SCHEMA = pa.schema(
    {
        "n": pa.float64(),
        "naive": pa.timestamp("us"),
        "rome": pa.timestamp("ns", "Europe/Rome"),
        "seconds": pa.duration("s"),
        "nanoseconds": pa.duration("ns"),
        "words": pa.dictionary(pa.int32(), pa.string()),
    }
)


def test_types_of_a_schema() -> None:
    found = arrow_types(base64.b64encode(SCHEMA.serialize().to_pybytes()))
    assert found == {
        "rome": ArrowType(zone="Europe/Rome"),
        "seconds": ArrowType(per_second=1),
        "nanoseconds": ArrowType(per_second=10**9),
    }


@given(st.binary())
def test_foreign_bytes_are_no_schema(data: bytes) -> None:
    assert arrow_types(data) == {} or data
    arrow_types(base64.b64encode(data))


@given(st.data())
def test_damaged_schemas_do_no_harm(data: st.DataObject) -> None:
    message = bytearray(SCHEMA.serialize().to_pybytes())
    for _ in range(4):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    arrow_types(base64.b64encode(bytes(message)))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("writer", ["pandas", "polars", "pyarrow"])
def test_spans_and_zones_of_every_writer(tmp_path: Path, unit: str, writer: str) -> None:
    spans = pd.to_timedelta([90, None, -3600], unit="s").as_unit(unit)
    when = pd.date_range("2024-03-31", periods=3, freq="h", tz="Europe/Rome").as_unit(unit)
    frame = pd.DataFrame({"span": spans, "when": when})
    path = tmp_path / "t.parquet"
    if writer == "pandas":
        frame.to_parquet(path)
    elif writer == "polars":
        pl.from_pandas(frame).write_parquet(path)
    else:
        pq.write_table(pa.Table.from_pandas(frame), path)
    table = read_table(path)
    np.testing.assert_array_equal(table["span"], spans.to_numpy().astype("m8[us]"))
    utc = when.tz_convert("UTC").tz_localize(None).to_numpy().astype("M8[us]")
    np.testing.assert_array_equal(table["when"], utc)
    assert table.zones == {"when": "Europe/Rome"}
