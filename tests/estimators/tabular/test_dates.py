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


def temperature() -> tuple[pd.DataFrame, np.ndarray]:
    """A year of hours, warm in summer and at noon."""
    when = pd.date_range("2010-01-01", periods=8760, freq="h")
    day, hour = when.dayofyear.to_numpy() + when.hour.to_numpy() / 24, when.hour.to_numpy()
    swing = 4 + 1.2 * np.sin(2 * np.pi * day / 365)
    y = 11 - 7 * np.cos(2 * np.pi * (day - 20) / 365) - swing * np.cos(2 * np.pi * (hour - 3) / 24)
    noise = np.random.default_rng(0).normal(size=len(when))
    return pd.DataFrame({"when": when}), y + 0.3 * noise


def rides() -> tuple[pd.DataFrame, np.ndarray]:
    """Two years of hours of a bicycle hire: two peaks on working days, one on others, a trend."""
    when = pd.date_range("2011-01-01", periods=2 * 8760, freq="h")
    hour, day = when.hour.to_numpy(), when.dayofyear.to_numpy()
    work = np.exp(-((hour - 8) ** 2) / 2) + 1.2 * np.exp(-((hour - 17.5) ** 2) / 3)
    free = np.exp(-((hour - 14) ** 2) / 16)
    season = 1 + 0.5 * np.sin(2 * np.pi * (day - 100) / 365)
    trend = 1 + 0.6 * np.linspace(0, 1, len(when))
    rng = np.random.default_rng(1)
    y = 200 * season * trend * np.where(when.dayofweek < 5, work, free) + 10
    warmth = 15 + 10 * np.sin(2 * np.pi * (day - 110) / 365) + 3 * rng.normal(size=len(when))
    frame = pd.DataFrame({"when": when, "warmth": warmth})
    return frame, y * np.exp(0.1 * rng.normal(size=len(when)))


def demand() -> tuple[pd.DataFrame, np.ndarray]:
    """Three years of a network's load, which follows the clock on the wall in Rome."""
    when = pd.date_range("2018-01-01", periods=11_000, freq="2h15min", tz="Europe/Rome")
    hour = when.hour.to_numpy() + when.minute.to_numpy() / 60
    weekday, day = when.dayofweek.to_numpy(), when.dayofyear.to_numpy()
    rng = np.random.default_rng(2)
    y = 30 + 6 * np.cos(2 * np.pi * (day - 15) / 365) - 5 * (weekday >= 5) - 3 * (weekday == 6)
    y = y + 8 * np.exp(-((hour - 9) ** 2) / 8) + 10 * np.exp(-((hour - 19) ** 2) / 6)
    frame = pd.DataFrame({"when": when, "price": rng.normal(size=len(when))})
    return frame, y + 0.7 * rng.normal(size=len(when))


def by_hand(X: pd.DataFrame) -> pd.DataFrame:
    when = X["when"] if X["when"].dt.tz is None else X["when"].dt.tz_localize(None)
    return X.drop(columns="when").assign(
        days=(when - pd.Timestamp(0)) / pd.Timedelta(days=1),
        month=when.dt.month,
        weekday=when.dt.dayofweek,
        hour=when.dt.hour + when.dt.minute / 60,
    )


@pytest.mark.slow
@pytest.mark.parametrize("table", [temperature, rides, demand])
def test_dates_are_as_good_as_columns_made_by_hand(table) -> None:
    X, y = table()
    rows = np.random.default_rng(3).permutation(len(y))
    train, test = rows[: len(rows) * 3 // 4], rows[len(rows) * 3 // 4 :]

    def error(Z: pd.DataFrame) -> float:
        model = chainrule.TabularRegressor(preset="fast", random_state=0)
        found = model.fit(Z.iloc[train], y[train]).predict(Z.iloc[test])
        return float(np.sqrt(np.mean((found - y[test]) ** 2)))

    assert error(X) <= 1.05 * error(by_hand(X))
