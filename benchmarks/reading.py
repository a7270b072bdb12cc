"""`python -m benchmarks reading`: seconds of reading a table, of predicting, and of importing.

    read      a CSV file of 34 MB (14 columns of decimals, 4 of whole numbers, 4 of words) into
              arrays: pandas.read_csv, DuckDB's own detection, and `read_table`, which checks every
              cell and refuses what it cannot read for sure
    predict   the command line on ten rows, from the start of the process to its end
    import    of the library, beside that of NumPy

Each figure is the best of some rounds, in which the systems take turns; each process is a new one,
with the bytecode of its modules at hand, as that of an installed package is.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tables import table

RESULT = Path(__file__).with_name("results") / "reading.json"
_N_ROWS = 214_000  # 34 MB


def write_csv(path: Path, n_rows: int) -> None:
    """A table of decimals, whole numbers and words, the same in every run."""
    rng = np.random.default_rng(0)
    columns: dict[str, list[str]] = {}
    for index in range(14):
        values = rng.normal(size=n_rows) * 10 ** (index % 4)
        columns[f"x{index}"] = [f"{value:.6g}" for value in values]
    for index in range(4):
        columns[f"k{index}"] = [str(value) for value in rng.integers(0, 1000, n_rows)]
    for index in range(3):
        words = np.array(["alpha", "beta", "gamma delta", "x y"])[rng.integers(0, 4, n_rows)]
        columns[f"c{index}"] = words.tolist()
    columns["y"] = np.array(["yes", "no"])[rng.integers(0, 2, n_rows)].tolist()
    with path.open("w") as target:
        target.write(",".join(columns) + "\n")
        target.writelines(",".join(row) + "\n" for row in zip(*columns.values(), strict=True))


def readers(path: Path) -> dict[str, Callable[[], Any]]:
    """What reads the file, by system."""
    import duckdb
    import pandas as pd

    from chainrule.table.read import read_table

    return {
        "pandas": lambda: pd.read_csv(path),
        "DuckDB": lambda: duckdb.execute(f"SELECT * FROM read_csv('{path}')").fetchnumpy(),
        "chainrule": lambda: read_table(path),
    }


def best(tasks: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Seconds of each task, the least of all rounds."""
    found = dict.fromkeys(tasks, float("inf"))
    for _ in range(rounds):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            found[name] = min(found[name], time.perf_counter() - start)
    return found


def commands(folder: Path) -> dict[str, Callable[[], Any]]:
    """Processes: predictions of ten rows, and imports."""
    from chainrule import TabularClassifier

    rng = np.random.default_rng(0)
    X = {"a": rng.normal(size=200), "b": rng.normal(size=200)}
    model = TabularClassifier(preset="fast", epochs=2, random_state=0).fit(X, X["a"] > 0)
    model.save(folder / "m.safetensors")
    rows = "".join(f"{a:.3f},{b:.3f}\n" for a, b in zip(X["a"][:10], X["b"][:10], strict=True))
    (folder / "t.csv").write_text("a,b\n" + rows)
    main = "import sys; from chainrule.cli.app import main; sys.exit(main(sys.argv[1:]))"
    predict = [sys.executable, "-c", main, "predict", "m.safetensors", "t.csv", "-q"]

    bytecode = {"PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}
    environment = {**os.environ, **bytecode}

    def run(command: list[str]) -> Callable[[], Any]:
        def process() -> None:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, env=environment)

        process()  # writes the bytecode
        return process

    return {
        "chainrule predict, 10 rows": run(predict),
        "import chainrule": run([sys.executable, "-c", "import chainrule"]),
        "import numpy": run([sys.executable, "-c", "import numpy"]),
        "import pandas": run([sys.executable, "-c", "import pandas"]),
        "import duckdb": run([sys.executable, "-c", "import duckdb"]),
    }


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks reading", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=_N_ROWS)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "t.csv"
        write_csv(path, given.rows)
        size = path.stat().st_size
        figures = {
            "bytes": size,
            "read": best(readers(path), given.rounds),
            "processes": best(commands(Path(name)), given.rounds),
        }
    made = {"made with": "python -m benchmarks reading", "rounds": given.rounds, **figures}
    RESULT.write_text(json.dumps(made, indent=1) + "\n")
    rows = [
        [f"read {size / 1e6:.0f} MB: {system}", f"{seconds:.2f}"]
        for system, seconds in figures["read"].items()
    ]
    rows += [[what, f"{seconds:.2f}"] for what, seconds in figures["processes"].items()]
    print(table(["best of " + str(given.rounds), "seconds"], rows))
    return 0
