"""Large tables: what they cost in seconds, and in memory beside the data frame itself.

    python -m benchmarks large                               # 1,000,000 x 50 and 1,000 x 10,000
    python -m benchmarks large --rows 50000 --wide 2000      # a smaller size

Each table is made, and then trained on, in a process of its own. "adds" is the rise of the
process's peak over what it held with the data frame in it; "deep memory" is pandas' own count.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import machine, machine_line
from benchmarks.machine import warnings as doubts
from benchmarks.peers.probes import peak_from_here, peak_so_far
from benchmarks.rounds import say
from benchmarks.run import RESULTS
from benchmarks.tables import number, table
from benchmarks.workers import environment

_LEVELS = (2, 3, 8, 12, 100, 1000, 12, 8)  # of the columns of text and categories


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks large", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the tall table, x 50")
    parser.add_argument("--wide", type=int, default=10_000, help="columns of the wide one, x 1,000")
    parser.add_argument("--preset", default="default")
    parser.add_argument("--time-limit", type=float, default=600.0, help="seconds for the tall fit")
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--child", choices=PARTS, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.child:
        warnings.simplefilter("ignore")
        print(json.dumps(PARTS[given.child](given)))
        return 0
    found = machine()
    print("\n".join([machine_line(found), *(f"warning: {text}" for text in doubts(found))]))
    figures = {}
    for part in [given.only] if given.only else PARTS:
        say(f"large: {part}")
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks", "large", *arguments, "--child", part],
            env=environment(int(found["usable_cores"])),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        figures[part] = json.loads(done.stdout.splitlines()[-1])
    say("")
    print(f"\n{show(figures)}")
    path = RESULTS / "large.json"
    path.parent.mkdir(exist_ok=True)
    content = {
        "command": shlex.join(["python", "-m", "benchmarks", "large", *arguments]),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine_line": machine_line(found),
        "machine": found,
        "figures": figures,
    }
    path.write_text(json.dumps(content, indent=1) + "\n")
    print(f"\nkept in {path.name}")
    return 0


def tall(given: argparse.Namespace) -> dict[str, Any]:
    """A fit and a prediction of many rows of mixed columns."""
    from chainrule import TabularClassifier

    frame, y = tall_frame(given.rows + given.rows // 50)
    TabularClassifier(epochs=1, random_state=0).fit(frame[:1000], y[:1000])  # loads what it needs
    model = TabularClassifier(preset=given.preset, time_limit=given.time_limit, random_state=0)
    new, y_new = frame[given.rows :], y[given.rows :]
    frame, y = frame[: given.rows].copy(), y[: given.rows]
    deep = float(frame.memory_usage(deep=True).sum()) / 2**20
    return {
        "rows": len(frame),
        "columns": frame.shape[1],
        "deep_memory": deep,
        **measured("fit", lambda: model.fit(frame, y)),
        **measured("predict", lambda: model.predict_proba(frame)),
        "epochs": model.n_epochs_,
        "accuracy": float(model.score(new, y_new)),
        "majority": float(max(y_new.mean(), 1 - y_new.mean())),
    }


def tall_frame(n: int) -> tuple[Any, np.ndarray]:
    """40 numbers, five of them with gaps, 8 columns of text and categories, a boolean, a date."""
    import pandas as pd

    rng = np.random.default_rng(0)
    signal = np.zeros(n)
    columns: dict[str, Any] = {}
    for place in range(40):
        values = rng.normal(size=n)
        signal += values * rng.normal() + (np.sin(3 * values) if place < 5 else 0.0)
        if place % 8 == 7:
            values[rng.random(n) < 0.1] = np.nan
        columns[f"number {place}"] = values
    for place, count in enumerate(_LEVELS):
        codes = rng.integers(0, count, n)
        signal += rng.normal(size=count)[codes]
        words = np.array([f"level {k}" for k in range(count)], object)[codes]
        if place % 2:
            words[rng.random(n) < 0.05] = None
        columns[f"word {place}"] = pd.Series(words, dtype="category" if place > 4 else object)
    columns["flag"] = rng.random(n) < 0.5
    columns["day"] = np.datetime64("2020-01-01", "us") + rng.integers(0, 1500, n).astype("m8[D]")
    y = (signal + rng.logistic(size=n) > 0).astype(int)
    return pd.DataFrame(columns), y


def wide(given: argparse.Namespace) -> dict[str, Any]:
    """What a fit of many columns costs beside its training: one epoch of a tiny network."""
    import pandas as pd

    from chainrule import TabularClassifier

    X, y = wide_rows(given.wide)
    frame = pd.DataFrame(X, columns=[f"c{k}" for k in range(given.wide)])
    quick = {"preset": "fast", "n_members": 1, "epochs": 1, "hidden_layer_sizes": 4}
    TabularClassifier(**quick, random_state=0).fit(X[:, :20], y)
    model = TabularClassifier(**quick, random_state=0)
    return {
        "rows": len(frame),
        "columns": given.wide,
        "deep_memory": float(frame.memory_usage(deep=True).sum()) / 2**20,
        **measured("fit", lambda: model.fit(frame, y)),
        **measured("predict", lambda: model.predict_proba(frame)),
    }


def file(given: argparse.Namespace) -> dict[str, Any]:
    """A wide table from a CSV file."""
    from chainrule.table.read import read_table

    X, y = wide_rows(given.wide)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wide.csv"
        with path.open("w") as out:
            out.write(",".join([*(f"c{k}" for k in range(given.wide)), "y"]) + "\n")
            for row, label in zip(X.round(5).tolist(), y, strict=True):
                cells = ["" if value != value else repr(value) for value in row]
                out.write(",".join([*cells, "yes" if label else "no"]) + "\n")
        small = Path(folder) / "small.csv"
        small.write_text("a,b\n1,x\n2,y\n")
        read_table(small)
        del X
        return {
            "rows": len(y),
            "columns": given.wide,
            "file": os.path.getsize(path) / 2**20,
            **measured("read", lambda: read_table(path)),
        }


def wide_rows(n_columns: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1000, n_columns))
    y = (X[:, 0] + X[:, 1] > 0).astype(int)
    X[rng.random(X.shape) < 0.001] = np.nan
    return X, y


PARTS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "tall": tall,
    "wide": wide,
    "file": file,
}


def measured(name: str, call: Callable[[], Any]) -> dict[str, float]:
    """Seconds, and MiB that the process grows by at its peak."""
    gc.collect()
    before = peak_from_here()
    start = time.perf_counter()
    call()
    seconds = time.perf_counter() - start
    return {f"{name}_seconds": seconds, f"{name}_adds": peak_so_far() - before}


def show(figures: dict[str, dict[str, Any]]) -> str:
    head = ["table", "work", "seconds", "data, MiB", "adds, MiB", "adds / data"]
    rows = []
    for part, found in figures.items():
        data = found.get("deep_memory", found.get("file"))
        for work in ("read", "fit", "predict"):
            if f"{work}_seconds" in found:
                adds = found[f"{work}_adds"]
                name = f"{part}, {found['rows']:,} x {found['columns']:,}"
                cells = [number(found[f"{work}_seconds"]), number(data), number(adds)]
                rows.append([name, work, *cells, f"{adds / data:.2f}"])
    text = table(head, rows)
    if "tall" in figures:
        found = figures["tall"]
        text += (
            f"\n\ntall: {found['epochs']} epochs, accuracy {found['accuracy']:.3f} on new "
            f"rows (the more frequent class {found['majority']:.3f})"
        )
    return text
