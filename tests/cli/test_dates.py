"""Dates in the command line: read, told, remembered by the model, the same in every file."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

HOURS = pd.date_range("2024-03-01", periods=200, freq="7h")
FAST = ("--preset", "fast", "--epochs", "3", "--hidden", "8", "-q")


def frame() -> pd.DataFrame:
    y = np.sin(2 * np.pi * HOURS.hour / 24) + np.arange(200) / 100
    return pd.DataFrame({"when": HOURS, "z": np.arange(200.0) % 7, "y": y})


def predictions(text: str) -> list[float]:
    return [float(row["y"]) for row in csv.DictReader(text.splitlines())]


@pytest.fixture
def day_first(tmp_path: Path) -> Path:
    path = tmp_path / "days.csv"
    spelled = frame().assign(when=HOURS.strftime("%d/%m/%Y %H:%M"))
    spelled.to_csv(path, index=False)
    spelled[(HOURS.day <= 12)].head(9).to_csv(tmp_path / "open.csv", index=False)
    return path


def test_a_model_remembers_how_dates_are_spelled(cli: Any, tmp_path: Path, day_first: Path) -> None:
    run = cli("train", day_first, "--target", "y", *FAST[:-1])
    assert run.code == 0 and "column 'when' is read as dates, the day first" in run.err
    assert "datetime" in run.err + run.out
    found = predictions(cli("predict", "days.safetensors", "open.csv", "-q").out)
    whole = predictions(cli("predict", "days.safetensors", day_first, "-q").out)
    assert found == [p for p, day in zip(whole, HOURS.day, strict=True) if day <= 12][:9]
    other = cli("predict", "days.safetensors", "open.csv", "-q", "--dates", "when=%m/%d/%Y")
    assert other.code == 0 and predictions(other.out) != found
    info = cli("info", "days.safetensors").out
    assert "days since 1970, weekday, hour" in info
    iso = tmp_path / "iso.csv"
    frame().to_csv(iso, index=False)
    refused = cli("predict", "days.safetensors", iso, "-q")
    assert refused.code == 2 and "--dates when=FORMAT" in refused.err
    again = cli("predict", "days.safetensors", iso, "-q", "--dates", "when=%Y-%m-%d")
    assert predictions(again.out) == whole


def test_open_dates_are_refused_until_they_are_decided(
    cli: Any, tmp_path: Path, day_first: Path
) -> None:
    run = cli("train", "open.csv", "--target", "y", *FAST)
    assert run.code == 2
    assert "can be read with the day first or with the month first" in run.err
    assert "--dates when=%d/%m/%Y or --dates when=%m/%d/%Y" in run.err
    assert cli("train", "open.csv", "--target", "y", *FAST, "--dates", "when=%d/%m/%Y").code == 0
    run = cli("train", "open.csv", "--target", "y", *FAST, "--force", "--dates", "when")
    assert run.code == 2 and "--dates takes COLUMN=FORMAT" in run.err


def test_dates_are_no_target(cli: Any, day_first: Path) -> None:
    run = cli("train", day_first, "--target", "when", *FAST)
    assert run.code == 2 and "holds dates, which cannot be the target" in run.err


@pytest.mark.slow
def test_every_file_predicts_alike(cli: Any, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    table = frame().assign(
        took=pd.to_timedelta(np.arange(200) % 50, unit="min"),
        at=[moment.time() for moment in HOURS],
    )
    table.to_csv(tmp_path / "t.csv", index=False)
    table.to_parquet(tmp_path / "t.parquet", index=False)
    table.to_json(tmp_path / "t.json", orient="records", date_format="iso")
    found = []
    for suffix in ("csv", "parquet", "json"):
        run = cli("train", f"t.{suffix}", "--target", "y", "--model", suffix, *FAST)
        assert run.code == 0, run.err
        for other in ("csv", "parquet", "json"):
            run = cli("predict", suffix, f"t.{other}", "-q")
            assert run.code == 0, run.err
            found.append(predictions(run.out))
    np.testing.assert_allclose(found, [found[0]] * 9, rtol=1e-5)  # JSON rounds y to 10 digits
    for command in ("evaluate", "check"):
        assert cli(command, "csv", "t.parquet", "-q").code == 0
    document = json.loads(cli("info", "csv", "--json").out)
    names = [column["code"] for column in document["extra"]["encoder"]["columns"]]
    assert names == ["datetime", "number", "number", "time"]
