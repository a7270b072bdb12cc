"""Kills a training that keeps a checkpoint, again and again: `python -m benchmarks.kills 200`.

Each time the file must be there whole, with all epochs but those of one interval, and the training
that goes on from it must end, at last, with the bits of one that was never killed.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from chainrule import Checkpoint, Network

EPOCHS = 30


def train(path: Path | None, told: int = -1) -> Network:
    """A training whose epochs are told to a pipe; every epoch is kept."""
    X = np.random.default_rng(0).standard_normal((400, 6))
    net = Network([6, 32, 1], random_state=1, dropout=0.2)

    def after(epoch: int, history: Any) -> None:
        if told >= 0:
            os.write(told, bytes([epoch + 1]))

    net.fit(
        X, X[:, :1], epochs=EPOCHS, eval_set=(X, X[:, :1]), n_threads=1, callback=after,
        checkpoint=None if path is None else Checkpoint(path, 0.0),
    )  # fmt: skip
    return net


def killed(path: Path, draw: random.Random) -> tuple[int, bool]:
    """(epochs that a child told before it was killed, whether it had ended before)."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        train(path, writer)
        os._exit(0)
    os.close(writer)
    told = b""
    for _ in range(draw.randrange(8)):  # some epochs, and some of the next
        told += os.read(reader, 1)
    time.sleep(draw.uniform(0.0, 0.01))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    while part := os.read(reader, 1 << 16):
        told += part
    os.close(reader)
    return (told[-1] if told else 0), os.WIFEXITED(status)


def run(count: int, seed: int) -> dict[str, int]:
    """Counts of what was seen."""
    draw, whole = random.Random(seed), train(None).params
    seen = {"kills": 0, "unreadable": 0, "lost more": 0, "trainings": 0, "other bits": 0}
    with tempfile.TemporaryDirectory() as folder:
        while seen["kills"] < count:
            path = Path(folder) / f"{seen['trainings']}.safetensors"
            ended, reached = False, 0
            while not ended and seen["kills"] < count:
                told, ended = killed(path, draw)
                seen["kills"] += not ended
                try:
                    kept = Checkpoint(path).n_epochs
                except ValueError:
                    seen["unreadable"] += 1
                    continue
                reached = max(reached, told)
                seen["lost more"] += kept < reached - 1
            seen["trainings"] += 1
            found = train(path).params
            seen["other bits"] += any((found[name] != whole[name]).any() for name in whole)
    return seen


def main() -> int:
    """Print the counts; 1 where something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    seen = run(given.count, given.seed)
    print(", ".join(f"{name} {number}" for name, number in seen.items()))
    return int(any(seen[name] for name in ("unreadable", "lost more", "other bits")))


if __name__ == "__main__":
    raise SystemExit(main())
