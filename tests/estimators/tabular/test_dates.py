"""Dates in the Tabular estimators: the same instants whatever says them, and as good as by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from benchmarks.dates import TABLES, containers, inputs, measured

import chainrule
from chainrule.table.read import read_table

pq = pytest.importorskip("pyarrow.parquet")
FAST = {"preset": "fast", "epochs": 3, "hidden_layer_sizes": (8,), "random_state": 0}


def three_days(n: int = 400) -> pd.DataFrame:
    """Minutes around the night in which Rome's clocks go forward."""
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2024-03-30 21:00", tz="Europe/Rome")
    when = pd.Series(start + pd.to_timedelta(rng.integers(0, 72 * 60, n), unit="min"))
    y = np.sin(when.dt.tz_convert("UTC").dt.hour.to_numpy() / 24 * 2 * np.pi)
    return pd.DataFrame({"when": when, "z": rng.normal(size=n), "y": y})


@pytest.mark.slow
def test_instants_are_the_same_in_every_zone_and_container(tmp_path: Path) -> None:
    """A file read on machines of other zones, too: readers have taken instants for local times."""
    frame = three_days()
    path = tmp_path / "t.parquet"
    frame.to_parquet(path, index=False)
    table = read_table(path)
    model = chainrule.TabularRegressor(**FAST).fit(table.without("y"), frame["y"])
    assert model.encoder_.columns[0].zone == "Europe/Rome"
    model.save(tmp_path / "m.safetensors")
    X, when = frame.drop(columns="y"), frame["when"]
    expected = model.predict(X)
    cases = {
        "file": table.without("y"),
        "UTC": X.assign(when=when.dt.tz_convert("UTC")),
        "Tokyo": X.assign(when=when.dt.tz_convert("Asia/Tokyo")),
        "ms": X.assign(when=when.dt.as_unit("ms")),
        "polars": pl.from_pandas(X),
        "pyarrow": pq.read_table(path).drop(["y"]),
        "csv": None,
    }
    X.to_csv(tmp_path / "t.csv", index=False)  # with two offsets, +01:00 and +02:00
    cases["csv"] = read_table(tmp_path / "t.csv")
    for name, case in cases.items():
        np.testing.assert_array_equal(model.predict(case), expected, err_msg=name)
    script = (
        "import sys, chainrule; from chainrule.table.read import read_table; m, t = sys.argv[1:]\n"
        "print(chainrule.load(m).predict(read_table(t).without('y')).tobytes().hex())"
    )
    for zone in ("America/New_York", "Asia/Kolkata"):
        found = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "m.safetensors"), str(path)],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "TZ": zone, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert bytes.fromhex(found.stdout.strip()) == expected.tobytes()


def test_a_zone_is_refused_by_name_where_it_is_lost() -> None:
    frame = three_days(60)
    model = chainrule.TabularRegressor(**FAST).fit(frame[["when", "z"]], frame["y"])
    naive = frame.assign(when=frame["when"].dt.tz_localize(None))[["when", "z"]]
    with pytest.raises(chainrule.errors.DataError, match=r"zone Europe/Rome .* without a zone now"):
        model.predict(naive)


def test_inputs_of_dates_have_names_in_a_trace() -> None:
    frame = three_days(60)
    model = chainrule.TabularRegressor(**FAST).fit(frame[["when", "z"]], frame["y"])
    assert "when.hour.sin" in model.network_.names.inputs
    cells = model.trace(frame[["when", "z"]][:2], frame["y"][:2]).raw[0]
    assert cells["when"].endswith(" UTC")


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_dates_are_as_good_as_columns_made_by_hand(name) -> None:
    """From every form: CSV, JSON, Parquet, pandas and polars."""
    found = measured(*TABLES[name](), "fast")
    assert len(found["errors"]) == 5
    assert max(found["errors"].values()) <= 1.05 * found["by hand"]


def test_the_tables_are_the_same_in_every_form(tmp_path) -> None:
    for make in TABLES.values():
        X = make()[0][:150]
        expected, names = inputs(X)
        for form, Z in containers(X, tmp_path).items():
            found, found_names = inputs(Z)
            assert found_names == names, form
            np.testing.assert_array_equal(found, expected, err_msg=form)
