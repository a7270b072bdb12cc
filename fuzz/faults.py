"""Schedules of failures around saving, checkpoints and resuming, each from one seed.

    python -m fuzz faults --schedules 10000 --seed 0

A schedule is some lives of a process, one behind the other, over one folder. In each, calls of the
writer fail, are cut short, meet another writer, or end the process, with or without the power.
After each life a file must be a whole one that had been saved, what was reported as saved must be
there, and errors must have named the path; after the last, which nothing disturbs, nothing else may
be left. A training that is resumed must end with the bits of one that was never disturbed.
"""

from __future__ import annotations

import random
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from chainrule import Checkpoint, Network
from chainrule.errors import ModelFileError
from chainrule.files import ModelRecord, read_model, save_model, to_bytes
from chainrule.files.write import write_atomically
from fuzz.disk import FAULTS, Disk, Killed

_EPOCHS = 8
_NOTE = b"<p>whole</p>\n" * 1000
_TRAININGS: list[dict[str, Any]] = [
    {"optimizer": "sgd"},
    {"optimizer": "adam", "schedule": "cosine"},
    {"optimizer": "momentum", "patience": 2},
]


class Finding(Exception):  # noqa: N818
    """What was lost, left behind or badly told."""


def schedule(seed: int) -> str:
    """Run one; gives what kind it is of. Raises `Finding`."""
    rng = random.Random(seed)
    kind: Callable[[random.Random, Path], None] = rng.choice([_saves, _saves, _training])
    with tempfile.TemporaryDirectory() as scratch:
        kind(rng, Path(scratch) / "here")
    return kind.__name__.strip("_")


def run(count: int, seed: int) -> tuple[Counter[str], list[tuple[int, str]]]:
    """Counts of kinds, and (seed, what was found) of each schedule that went wrong."""
    counts: Counter[str] = Counter()
    findings: list[tuple[int, str]] = []
    for one in range(seed, seed + count):
        try:
            counts[schedule(one)] += 1
        except Exception as error:
            findings.append((one, f"{type(error).__name__}: {error}"))
    return counts, findings


def _draw(rng: random.Random, n_calls: int) -> dict[int, str]:
    return {rng.randint(1, n_calls): rng.choice(FAULTS) for _ in range(rng.randint(1, 3))}


def _saves(rng: random.Random, folder: Path) -> None:
    """Versions of a model are saved at one path, and some have another file beside them."""
    path = folder / "model.safetensors"
    beside = folder / "report.html"
    records = _records()
    versions = [to_bytes(record) for record in records]
    possible: set[bytes | None] = {None}  # what the path may hold
    elsewhere: set[bytes | None] = set()  # of it, what another process has saved meanwhile

    def other() -> None:
        with suppress(ModelFileError):  # where the folder has vanished
            save_model(path, records[0])
            elsewhere.add(versions[0])
            possible.add(versions[0])

    disk = Disk(rng, folder, other)
    for _ in range(rng.randint(1, 4)):
        with disk.life(_draw(rng, 24)):
            for _ in range(rng.randint(1, 3)):
                number = rng.randrange(len(records))
                elsewhere.clear()
                try:
                    save_model(path, records[number])
                except ModelFileError as error:
                    _named(error, path)
                except (MemoryError, KeyboardInterrupt):
                    pass
                except Killed:
                    possible |= {versions[number]} | elsewhere
                    raise
                else:
                    possible.clear()
                possible |= {versions[number]} | elsewhere
                if disk.untidy:
                    possible.add(None)
                _whole(path, possible)
                if rng.random() < 0.3:
                    _note(rng, beside)
        if disk.untidy:
            possible.add(None)
        _whole(path, possible)
        _whole(beside, {None, *(_NOTE * n for n in (1, 2, 3))})
    with disk.life({}):
        save_model(path, records[1])
        write_atomically(beside, _NOTE)
    if path.read_bytes() != versions[1] or to_bytes(read_model(path)) != versions[1]:
        raise Finding("an undisturbed save is not what was saved")
    _tidy(folder, {path.name, beside.name})


def _note(rng: random.Random, beside: Path) -> None:
    """Write as signatures, reports and exports are written."""
    try:
        write_atomically(beside, _NOTE * rng.randint(1, 3))
    except ModelFileError as error:
        _named(error, beside)
    except (MemoryError, KeyboardInterrupt):
        pass


def _training(rng: random.Random, folder: Path) -> None:
    """A training is killed again and again, and goes on each time from its checkpoint."""
    path = folder / "run.safetensors"
    settings = rng.choice(_TRAININGS)
    kept, time = 0, 1e6

    def clock() -> float:
        nonlocal time
        time += rng.choice([0.0, 0.1, 0.1, 0.5, 40.0, 1e4, -1e4])
        return time

    class Watched(Checkpoint):
        def _keep(self, name: str, one: Any) -> None:
            nonlocal kept
            durable = disk.n_durable
            super()._keep(name, one)
            if disk.n_durable > durable:
                kept = one.standing.n_epochs

    disk = Disk(rng, folder, lambda: None)
    lives = rng.randint(1, 4)
    net = _net()
    for life in range(lives + 1):
        faults = _draw(rng, 40) if life < lives else {}
        faults = {n: fault for n, fault in faults.items() if fault != "interrupt"}
        last = rng.randrange(_EPOCHS) if life < lives else _EPOCHS
        net = _net()
        with disk.life(faults):
            saved = Watched(path, rng.choice([0.0, 0.5, 30.0]), clock=clock)
            if disk.untidy:  # with its folder, the file has gone
                kept, disk.untidy = 0, False
            if saved.n_epochs < kept:
                raise Finding(f"{kept} epochs were kept, and {saved.n_epochs} are left")
            _fit(net, settings, saved, last)
    if any(net.params[name].tobytes() != w.tobytes() for name, w in _undisturbed(str(settings))):
        raise Finding(f"{settings} resumed ends with other bits")
    _tidy(folder, {path.name, "run.previous.safetensors"})


def _fit(net: Network, settings: dict[str, Any], saved: Checkpoint | None, last: int) -> None:
    X = np.random.default_rng(0).standard_normal((12, 2))

    def after(epoch: int, history: Any) -> None:
        if epoch == last:
            raise Killed

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        net.fit(
            X, X[:, :1] ** 2, epochs=_EPOCHS, batch_size=5, eval_set=(X, X[:, :1]), callback=after,
            checkpoint=saved, n_threads=1, **settings,
        )  # fmt: skip
    for one in told:
        if "checkpoint" in str(one.message) and str(saved and saved.path) not in str(one.message):
            raise Finding(f"a warning names no path: {one.message}")


def _net() -> Network:
    return Network([2, 3, 1], random_state=1, dropout=0.2)


@cache
def _undisturbed(settings: str) -> tuple[tuple[str, np.ndarray], ...]:
    net = _net()
    _fit(net, next(one for one in _TRAININGS if str(one) == settings), None, _EPOCHS)
    return tuple(net.params.items())


@cache
def _records() -> list[ModelRecord]:
    records = [Network([2, width, 1], random_state=width).to_record() for width in (3, 9, 60)]
    return [*records, Network([2, 300, 1]).to_record()]


def _named(error: ModelFileError, path: Path) -> None:
    if str(path) not in str(error):
        raise Finding(f"an error names no path: {error}")


def _whole(path: Path, possible: set[bytes | None]) -> None:
    found = path.read_bytes() if path.exists() else None
    if found not in possible:
        size = "no file" if found is None else f"{len(found)} bytes that nobody saved"
        raise Finding(f"there is {size}")


def _tidy(folder: Path, names: set[str]) -> None:
    left = sorted({entry.name for entry in folder.iterdir()} - names)
    if left:
        raise Finding(f"{left[0]} is left behind")


def main(count: int, seed: int) -> int:
    """Print the counts and findings; 1 where there are some."""
    counts, findings = run(count, seed)
    parts = ", ".join(f"{number:,} of {kind}" for kind, number in sorted(counts.items()))
    print(f"{count:,} schedules from seed {seed}: {parts}; {len(findings)} findings")
    for one, said in findings[:20]:
        print(f"  --schedules 1 --seed {one}: {said}")
    return 1 if findings else 0
