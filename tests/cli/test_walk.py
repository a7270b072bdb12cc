"""The README's walk on five real tables: train, predict, evaluate, check, info.

Nothing fails, what is printed fits a terminal, and no printed score is better than new rows have.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets

from reading import PENGUINS

Frame = Any


def penguins() -> Frame:
    return pd.read_csv(PENGUINS)


def wine() -> Frame:
    found = datasets.load_wine(as_frame=True).frame
    return found.assign(target=found["target"].map({0: "barolo", 1: "grignolino", 2: "barbera"}))


def cancer() -> Frame:
    found = datasets.load_breast_cancer(as_frame=True).frame
    return found.assign(target=found["target"].map({0: "malignant", 1: "benign"}))


def diabetes() -> Frame:
    return datasets.load_diabetes(as_frame=True, scaled=False).frame


def repairs() -> Frame:
    """Dates, money, words and gaps, as a workshop has them."""
    rng, n = np.random.default_rng(0), 400
    when = pd.Timestamp("2023-01-02") + pd.to_timedelta(rng.integers(0, 14_400, n), unit="h")
    part = rng.choice(["pump", "belt", "motor", "valve"], n, p=[0.4, 0.3, 0.2, 0.1])
    crew = rng.choice(["north", "south", "west"], n).astype(object)
    weekend = when.day_of_week >= 5
    hours = 4 + 3 * (part == "motor") + 2 * weekend + 1.5 * (crew == "west") + rng.gamma(2, 0.5, n)
    frame = pd.DataFrame({"reported": when.strftime("%Y-%m-%d %H:%M"), "crew": crew, "part": part})
    frame["cost"] = [f"${value:,.2f}" for value in 50 * hours + rng.gamma(2, 40, n)]
    frame["target"] = hours.round(2)
    for column, share in (("reported", 0.05), ("crew", 0.1), ("cost", 0.08)):
        frame.loc[rng.random(n) < share, column] = None
    return frame


TABLES: dict[str, tuple[Callable[[], Frame], str, str]] = {
    "penguins": (penguins, "species", "log_loss"),
    "wine": (wine, "target", "log_loss"),
    "cancer": (cancer, "target", "log_loss"),
    "diabetes": (diabetes, "target", "rmse"),
    "repairs": (repairs, "target", "rmse"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_the_walk(name: str, cli: Any, tmp_path: Path) -> None:
    make, target, metric = TABLES[name]
    frame = make().sample(frac=1, random_state=0)
    n_new = len(frame) // 3
    frame.iloc[n_new:].to_csv(tmp_path / "t.csv", index=False)
    frame.iloc[:n_new].to_csv(tmp_path / "new.csv", index=False)
    runs = [
        cli("train", "t.csv", "--target", target),
        cli("predict", "t.safetensors", "new.csv"),
        cli("evaluate", "t.safetensors", "t.csv"),
        cli("check", "t.safetensors", "t.csv"),
        cli("info", "t.safetensors"),
    ]
    for run in runs:
        assert run.code == 0, run
        assert "FAILED" not in run.out and "nan" not in run.out.lower().split()
        shown = [line for line in run.out.splitlines() if not line.startswith(("next:", "sha256"))]
        assert run is runs[1] or max(map(len, shown)) <= 80, max(shown, key=len)
    assert "next: chainrule predict t.safetensors t.csv" in runs[0].out
    assert len(runs[1].out.splitlines()) == n_new + 1
    assert "the model was trained on these rows" in runs[2].err
    assert runs[3].out.splitlines()[-3].startswith("ok: gradients")
    for line in runs[0].out.splitlines():  # the card of the model has the scores of training
        if line.startswith(f"  {metric} "):
            assert line.split() in [shown.split() for shown in runs[4].out.splitlines()]
    # What is printed is not better than what new rows give, as far as their number tells.
    new = json.loads(cli("evaluate", "t.safetensors", "new.csv", "--json").out)
    card = json.loads(cli("info", "t.safetensors", "--json").out)
    promised, _, most, _ = card["extra"]["scores"]["of"][metric]
    low, high = new["intervals"][metric]
    assert new["n_trained_rows"] == 0
    assert low <= most, (promised, most, low, high)
