"""Rows in groups and in time: printed scores against new groups and against the future.

    python -m benchmarks grouped [--seeds 16]

`groups`: sixty patients of ten rows each, whose columns tell the patient, and whose label belongs
to the patient. The truth is the log-loss of three hundred new patients.

`time`: 1,500 rows whose level wanders (an autoregression whose memory is twenty rows), with the
row's time and two columns that say something of the row. With the option the last 300 rows are held
out, and what their score means is the loss of the 300 rows that follow those of training. The truth
is the RMSE of as many rows from there on, over 16 courses that the level may take: of one course
alone no score of another can tell, and rows farther away are answered worse. Without the option
training goes to the end, and so the truth begins there.

Each is trained without and with the option. Compared are mean losses (log-loss, squared error) over
all seeds, since a mean is what a score estimates. With the option their ratio is 1 but for the
noise of the seeds (two standard errors are allowed), and the 90 % interval holds the truth (in as
many runs as 90 % less two standard errors of a share). The command line names the option where it
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
SEEDS = 16
COVERAGE = 0.9
MEMORY = 20  # rows, of the level that wanders
N_ROWS, N_HELD, N_COURSES = 1_500, 300, 16


def patients(seed: int, n_groups: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns, labels and groups: three columns place the patient, one tells of the label."""
    random = np.random.default_rng([seed, 1])
    groups = np.repeat(np.arange(n_groups), 10)
    label = random.integers(0, 2, n_groups)
    place = random.normal(size=(n_groups, 3))
    sign = label[:, None] + 1.2 * random.normal(size=(n_groups, 1))
    X = np.hstack([place, sign])[groups] + 0.1 * random.normal(size=(10 * n_groups, 4))
    return X, label[groups], groups


def series(seed: int, start: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns (the day among them), numbers and days of a table, then of courses from a day on."""
    random = np.random.default_rng([seed, 2])
    known = _course(random, 0.0, N_ROWS)
    later = [_course(random, known[start - 1], N_HELD) for _ in range(N_COURSES)]
    level = np.concatenate([known, *later])
    X = random.normal(size=(len(level), 2))
    days = np.concatenate([np.arange(N_ROWS), np.tile(np.arange(start, start + N_HELD), N_COURSES)])
    y = X[:, 0] + 0.5 * np.sin(2 * X[:, 1]) + level + 0.2 * random.normal(size=len(X))
    return np.column_stack([days, X]), y, days


def _course(random: np.random.Generator, start: float, n_rows: int) -> np.ndarray:
    """A level of variance 1 that forgets where it started."""
    kept = 1 - 1 / MEMORY
    course = np.empty(n_rows)
    for row in range(n_rows):
        start = kept * start + np.sqrt(1 - kept**2) * random.normal()
        course[row] = start
    return course


def measure(case: str, seed: int, preset: str) -> list[dict[str, Any]]:
    """Without and with the option: printed error, its interval, and that of held-out rows."""
    from chainrule import TabularClassifier, TabularRegressor

    found = []
    for option in (None, case):
        if case == "groups":
            X, y, which = patients(seed, 360)
            n_rows, kind, metric = 600, TabularClassifier, "log_loss"
        else:
            X, y, which = series(seed, N_ROWS - N_HELD if option else N_ROWS)
            n_rows, kind, metric = N_ROWS, TabularRegressor, "rmse"
        model = kind(preset=preset, random_state=seed)
        model.fit(X[:n_rows], y[:n_rows], **({option: which[:n_rows]} if option else {}))
        printed = model.scores_[metric]
        found.append(
            {
                "case": case,
                "option": option,
                "preset": preset,
                "seed": seed,
                "printed": [printed.value, printed.low, printed.high],
                "held out": model.evaluate(X[n_rows:], y[n_rows:]).scores()[metric].value,
            }
        )
    return found


def named(case: str) -> bool:
    """Whether `chainrule train` names the option where it is not given."""
    import pandas as pd

    from chainrule.cli.app import main as command

    X, y, which = patients(0) if case == "groups" else series(0, N_ROWS)
    n_rows = 600 if case == "groups" else N_ROWS
    X, y, which = X[:n_rows], y[:n_rows], which[:n_rows]
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
    """Ratio of printed to held-out loss, its standard error, how often the interval holds it."""
    power = 2 if runs[0]["case"] == "time" else 1
    printed, truth = np.array([[run["printed"][0], run["held out"]] for run in runs]).T ** power
    ratio = printed.mean() / truth.mean()
    error = (printed - ratio * truth).std(ddof=1) / truth.mean() / np.sqrt(len(runs))
    held = np.mean([run["printed"][1] <= run["held out"] <= run["printed"][2] for run in runs])
    fewest = COVERAGE - 2 * np.sqrt(COVERAGE * (1 - COVERAGE) / len(runs))
    within = abs(ratio - 1) <= 2 * error and held >= fewest
    return [f"{ratio:.2f}", f"{error:.2f}", f"{held:.0%}", "yes" if within else "no"]


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
    head = ["preset", "rows in", "option", "printed / truth", "+-", "in interval", "within noise"]
    print(table(head, rows))
    made = {"made with": "python -m benchmarks grouped", "named": names, "runs": runs}
    RESULT.write_text(json.dumps(made, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
