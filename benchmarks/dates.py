"""Dates against calendar columns made by hand, from files and frames.

    python -m benchmarks dates

Three tables of two years or so whose target follows the clock and the calendar: an air temperature,
the rides of a bicycle hire, the load of an electricity network in Rome's time. Each is given as
CSV, JSON, Parquet, a pandas and a polars frame. The error on held-out rows is compared with that of
a network that gets days, month, weekday and hour as numbers. Forms that become the same inputs
share a line: text files hold offsets instead of the zone, which are other ones in summer, so that
the load's moments are those of UTC there.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tables import table

RESULT = Path(__file__).with_name("results") / "dates.json"
Data = tuple[Any, np.ndarray]


def temperature() -> Data:
    """A year of hours, warm in summer and at noon."""
    import pandas as pd

    when = pd.date_range("2010-01-01", periods=8760, freq="h")
    day, hour = when.day_of_year.to_numpy() + when.hour.to_numpy() / 24, when.hour.to_numpy()
    swing = 4 + 1.2 * np.sin(2 * np.pi * day / 365)
    y = 11 - 7 * np.cos(2 * np.pi * (day - 20) / 365) - swing * np.cos(2 * np.pi * (hour - 3) / 24)
    noise = np.random.default_rng(0).normal(size=len(when))
    return pd.DataFrame({"when": when}), y + 0.3 * noise


def rides() -> Data:
    """Two years of hours of a bicycle hire: two peaks on working days, one on others, a trend."""
    import pandas as pd

    when = pd.date_range("2011-01-01", periods=2 * 8760, freq="h")
    hour, day = when.hour.to_numpy(), when.day_of_year.to_numpy()
    work = np.exp(-((hour - 8) ** 2) / 2) + 1.2 * np.exp(-((hour - 17.5) ** 2) / 3)
    free = np.exp(-((hour - 14) ** 2) / 16)
    season = 1 + 0.5 * np.sin(2 * np.pi * (day - 100) / 365)
    trend = 1 + 0.6 * np.linspace(0, 1, len(when))
    rng = np.random.default_rng(1)
    y = 200 * season * trend * np.where(when.day_of_week < 5, work, free) + 10
    warmth = 15 + 10 * np.sin(2 * np.pi * (day - 110) / 365) + 3 * rng.normal(size=len(when))
    frame = pd.DataFrame({"when": when, "warmth": warmth})
    return frame, y * np.exp(0.1 * rng.normal(size=len(when)))


def demand() -> Data:
    """Three years of a network's load, which follows the clock on the wall in Rome."""
    import pandas as pd

    when = pd.date_range("2018-01-01", periods=11_000, freq="2h15min", tz="Europe/Rome")
    hour = when.hour.to_numpy() + when.minute.to_numpy() / 60
    weekday, day = when.day_of_week.to_numpy(), when.day_of_year.to_numpy()
    rng = np.random.default_rng(2)
    y = 30 + 6 * np.cos(2 * np.pi * (day - 15) / 365) - 5 * (weekday >= 5) - 3 * (weekday == 6)
    y = y + 8 * np.exp(-((hour - 9) ** 2) / 8) + 10 * np.exp(-((hour - 19) ** 2) / 6)
    frame = pd.DataFrame({"when": when, "price": rng.normal(size=len(when))})
    return frame, y + 0.7 * rng.normal(size=len(when))


TABLES: dict[str, Callable[[], Data]] = {
    "temperature": temperature,
    "rides": rides,
    "demand": demand,
}


def by_hand(X: Any) -> Any:
    """The same table with days, month, weekday and hour instead of the date."""
    import pandas as pd

    when = X["when"] if X["when"].dt.tz is None else X["when"].dt.tz_localize(None)
    return X.drop(columns="when").assign(
        days=(when - pd.Timestamp(0)) / pd.Timedelta(days=1),
        month=when.dt.month,
        weekday=when.dt.day_of_week,
        hour=when.dt.hour + when.dt.minute / 60,
    )


def containers(X: Any, folder: Path) -> dict[str, Any]:
    """The same rows in each of the five forms."""
    import polars as pl

    from chainrule.table.read import read_table

    X.to_csv(folder / "t.csv", index=False)
    records = X.assign(when=X["when"].map(lambda moment: moment.isoformat())).to_dict("records")
    (folder / "t.json").write_text(json.dumps(records))
    X.to_parquet(folder / "t.parquet", index=False)
    files = {suffix: read_table(folder / f"t.{suffix}") for suffix in ("csv", "json", "parquet")}
    return {**files, "pandas": X, "polars": pl.from_pandas(X)}


def inputs(X: Any) -> tuple[np.ndarray, tuple[str, ...]]:
    """What a network sees of it, and the names of that."""
    from chainrule.table.encode.encoder import Encoder
    from chainrule.table.frame import as_table

    read = as_table(X)
    encoder, _ = Encoder.fit(read)
    return encoder.transform(read, "float64")[0], encoder.input_names


def error(X: Any, y: np.ndarray, preset: str) -> float:
    """Root mean square error on a quarter of the rows of a frame or of a table of a file."""
    from chainrule import TabularRegressor

    rows = np.random.default_rng(3).permutation(len(y))
    train, test = rows[: len(rows) * 3 // 4], rows[len(rows) * 3 // 4 :]
    take = X.take if hasattr(X, "report") else X.iloc.__getitem__
    model = TabularRegressor(preset=preset, random_state=0).fit(take(train), y[train])
    return float(np.sqrt(np.mean((model.predict(take(test)) - y[test]) ** 2)))


def measured(X: Any, y: np.ndarray, preset: str) -> dict[str, Any]:
    """The error of every form of a table, and that of columns made by hand."""
    by_inputs: dict[bytes, float] = {}
    errors = {}
    with tempfile.TemporaryDirectory() as folder:
        for form, Z in containers(X, Path(folder)).items():
            found, _ = inputs(Z)
            key = found.tobytes()
            if key not in by_inputs:
                by_inputs[key] = error(X if form == "polars" else Z, y, preset)
            errors[form] = by_inputs[key]
    return {"errors": errors, "by hand": error(by_hand(X), y, preset)}


def main(arguments: Sequence[str] = ()) -> int:
    """Print one line a table; exit status 1 where an error is 5 % larger than that by hand."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks dates", description=__doc__)
    parser.add_argument("--preset", default="fast")
    given = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    figures = {name: measured(*make(), given.preset) for name, make in TABLES.items()}
    rows = []
    for name, found in figures.items():
        for value in dict.fromkeys(found["errors"].values()):
            forms = ", ".join(form for form, other in found["errors"].items() if other == value)
            hand = found["by hand"]
            rows.append([name, forms, f"{value:.4g}", f"{hand:.4g}", f"{value / hand:.3f}"])
    print(table(["table", "from", "RMSE", "by hand", "ratio"], rows))
    made = {"made with": "python -m benchmarks dates", "preset": given.preset}
    RESULT.write_text(json.dumps({**made, "tables": figures}, indent=1) + "\n")
    right = all(max(f["errors"].values()) <= 1.05 * f["by hand"] for f in figures.values())
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
