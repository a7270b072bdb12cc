"""Rows in groups and in time: printed scores against new groups and against the future.

    python -m benchmarks grouped [--seeds 8]

`groups`: sixty patients of ten rows each, whose columns tell the patient, and whose label belongs
to the patient. `time`: a level that wanders (an autoregression whose memory is fifty rows) and two
columns that say something of each row; the future is the next third of the rows. Each is trained
without and with the option, and its printed error (log-loss, RMSE) is set beside the error on rows
of new groups, or of the future. With the option the ratio is near 1, and the 90 % interval holds
the held-out value as often as the noise of both allows. The command line names the option where it
is not given.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
import warnings
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tables import table

RESULT = Path(__file__).with_name("results") / "grouped.json"
SEEDS = 8


def patients(seed: int, n_groups: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns, labels and groups: three columns place the patient, one tells of the label."""
    random = np.random.default_rng([seed, 1])
    groups = np.repeat(np.arange(n_groups), 10)
    label = random.integers(0, 2, n_groups)
    place = random.normal(size=(n_groups, 3))
    sign = label[:, None] + 1.2 * random.normal(size=(n_groups, 1))
    X = np.hstack([place, sign])[groups] + 0.1 * random.normal(size=(10 * n_groups, 4))
    return X, label[groups], groups


def level(seed: int, n_rows: int = 900) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns (the day among them), numbers and days."""
    random = np.random.default_rng([seed, 2])
    wandering = np.zeros(n_rows)
    for row in range(1, n_rows):
        wandering[row] = 0.98 * wandering[row - 1] + 0.2 * random.normal()
    X = random.normal(size=(n_rows, 2))
    days = np.arange(n_rows)
    y = X[:, 0] + 0.5 * np.sin(2 * X[:, 1]) + wandering + 0.2 * random.normal(size=n_rows)
    return np.column_stack([days, X]), y, days


def measure(case: str, seed: int, preset: str) -> list[dict[str, Any]]:
    """Without and with the option: printed error, its interval, and that of held-out rows."""
    from chainrule import TabularClassifier, TabularRegressor

    if case == "groups":
        X, y, which = patients(seed, 360)
        train, kind, metric = which < 60, TabularClassifier, "log_loss"
    else:
        X, y, which = level(seed)
        train, kind, metric = which < 600, TabularRegressor, "rmse"
    found = []
    for option in (None, case):
        model = kind(preset=preset, random_state=seed)
        model.fit(X[train], y[train], **({option: which[train]} if option else {}))
        printed = model.scores_[metric]
        found.append(
            {
                "case": case,
                "option": option,
                "preset": preset,
                "seed": seed,
                "printed": [printed.value, printed.low, printed.high],
                "held out": model.evaluate(X[~train], y[~train]).scores()[metric].value,
            }
        )
    return found


def named(case: str) -> bool:
    """Whether `chainrule train` names the option where it is not given."""
    import pandas as pd

    from chainrule.cli.app import main as command

    X, y, which = patients(0) if case == "groups" else level(0, 300)
    frame = pd.DataFrame(X, columns=[f"x{column}" for column in range(X.shape[1])]).assign(y=y)
    if case == "groups":
        frame["patient"] = which
    else:
        frame["x0"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(which, unit="D")
    said = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, redirect_stderr(said), redirect_stdout(said):
        path = Path(folder) / "t.csv"
        frame.to_csv(path, index=False)
        model = str(Path(folder) / "m.safetensors")
        words = ["train", str(path), "--target", "y", "--model", model, "--epochs", "2"]
        sys.argv = ["chainrule", *words]
        with suppress(SystemExit):
            command(words)
    option = "--groups patient" if case == "groups" else "--time x0"
    return option in " ".join(said.getvalue().replace("'", "").replace('"', "").split())


def _figures(runs: list[dict[str, Any]]) -> list[str]:
    """Ratio of printed to held-out error, its standard error, how often the interval holds it."""
    logs = [np.log(run["printed"][0] / run["held out"]) for run in runs]
    held = [run["printed"][1] <= run["held out"] <= run["printed"][2] for run in runs]
    error = np.std(logs, ddof=1) / np.sqrt(len(logs))
    return [f"{np.exp(np.mean(logs)):.2f}", f"{error:.2f}", f"{np.mean(held):.0%}"]


def main(arguments: Sequence[str] = ()) -> int:
    """Print one line a case and preset, and write `results/grouped.json`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks grouped", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    given = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    names = {case: named(case) for case in ("groups", "time")}
    runs = [
        run
        for preset in ("fast", "default")
        for case in names
        for seed in range(given.seeds)
        for run in measure(case, seed, preset)
    ]
    rows = []
    for preset in ("fast", "default"):
        for case, is_named in names.items():
            for option in (None, case):
                kind = (case, option, preset)
                some = [r for r in runs if (r["case"], r["option"], r["preset"]) == kind]
                said = "given" if option else "named" if is_named else "not named"
                rows.append([preset, case, said, *_figures(some)])
    print(table(["preset", "rows in", "option", "printed / truth", "+-", "in the interval"], rows))
    made = {"made with": "python -m benchmarks grouped", "named": names, "runs": runs}
    RESULT.write_text(json.dumps(made, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
