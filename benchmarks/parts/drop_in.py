"""A whole `fit` of the drop-in MLPClassifier against scikit-learn's, with the same parameters.

Both get the same rows, number type and number of epochs. scikit-learn runs with one thread and with
all, and its better median counts; chainrule chooses its threads. Every round has its own seed, so
that the spread of the validation scores shows what a difference of their means is worth.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
import warnings
from typing import Any

from benchmarks.rounds import say
from benchmarks.run import Run
from benchmarks.tables import number, ratio, table
from benchmarks.workers import environment

TITLE = "A whole fit of the drop-in MLPClassifier, against scikit-learn's"
_EPOCHS = {"digits": 50, "20,000 x 20": 20}
_HIDDEN = (100,)


def measure_part(run: Run) -> list[dict[str, Any]]:
    """In a process of its own, whose surroundings do not steer NumPy's products."""
    say("drop-in: digits and 20,000 x 20, float64 and float32")
    command = [sys.executable, "-m", "benchmarks.parts.drop_in"]
    done = subprocess.run(
        [*command, str(run.rounds), str(run.all_threads)],
        env=environment(run.all_threads),
        capture_output=True,
        text=True,
        check=True,
    )
    say("")
    figures: list[dict[str, Any]] = json.loads(done.stdout)
    return figures


# Seconds after which the threads of the last system's products no longer spin.
_PAUSE = 0.2


def measure(rounds: int, threads: int) -> list[dict[str, Any]]:
    """Interleaved fits; seconds and validation scores of every round."""
    import sklearn.neural_network
    from threadpoolctl import threadpool_limits

    import chainrule

    figures = []
    for name, epochs in _EPOCHS.items():
        for dtype in ("float64", "float32"):
            X_train, X_test, y_train, y_test = load(name, dtype)
            systems = {"chainrule": (chainrule.MLPClassifier, threads)}
            for count in sorted({1, threads}):
                systems[f"scikit-learn, {count}"] = (sklearn.neural_network.MLPClassifier, count)
            seconds: dict[str, list[float]] = {system: [] for system in systems}
            scores: dict[str, list[float]] = {system: [] for system in systems}
            for seed in range(-1, rounds):  # the first is not counted
                for system, (make, count) in systems.items():
                    model = make(
                        hidden_layer_sizes=_HIDDEN,
                        max_iter=epochs,
                        n_iter_no_change=epochs,
                        random_state=max(seed, 0),
                    )
                    with threadpool_limits(count), warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        time.sleep(_PAUSE)
                        start = time.perf_counter()
                        model.fit(X_train, y_train)
                        elapsed = time.perf_counter() - start
                    if seed >= 0:
                        seconds[system].append(elapsed)
                        scores[system].append(float(model.score(X_test, y_test)))
            figures.append(
                {
                    "table": name,
                    "dtype": dtype,
                    "rows": len(X_train),
                    "epochs": epochs,
                    "seconds": seconds,
                    "scores": scores,
                }
            )
    return figures


def load(name: str, dtype: str) -> list[Any]:
    """Training and validation rows, three to one."""
    from sklearn.datasets import load_digits, make_classification
    from sklearn.model_selection import train_test_split

    if name == "digits":
        X, y = load_digits(return_X_y=True)
        X = X / 16
    else:
        # A quarter more, so that 20,000 rows are trained on.
        X, y = make_classification(26_667, 20, n_informative=10, random_state=0)
    halves: list[Any] = train_test_split(X.astype(dtype), y, random_state=0)
    return halves


def show(figures: list[dict[str, Any]]) -> str:
    head = ["table", "number type", "chainrule ms", "scikit-learn ms", "its threads", "ratio"]
    head += ["validation: chainrule", "scikit-learn"]
    rows = []
    for item in figures:
        medians = {system: statistics.median(s) for system, s in item["seconds"].items()}
        ours = medians.pop("chainrule")
        best = min(medians, key=lambda system: medians[system])
        name = f"{item['table']}, {item['epochs']} epochs"
        rows.append(
            [name, item["dtype"], number(ours * 1e3), number(medians[best] * 1e3)]
            + [best.rpartition(" ")[2], ratio(medians[best] / ours)]
            + [_spread(item["scores"][system]) for system in ("chainrule", best)]
        )
    rounds = len(figures[0]["scores"]["chainrule"])
    text = f"Medians of {rounds} interleaved rounds; accuracy is mean ± standard deviation of seeds"
    return f"{text}.\n\n{table(head, rows)}"


def _spread(values: list[float]) -> str:
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):.4f} ± {deviation:.4f}"


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
