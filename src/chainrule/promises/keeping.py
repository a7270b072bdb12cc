"""Promises about files, ends and interrupts. Each returns what was seen."""

from __future__ import annotations

import os
import pickle
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.errors import ModelFileError
from chainrule.files import ModelRecord, from_bytes, read_model, save_model, to_bytes
from chainrule.files.checkpoint import Checkpoint
from chainrule.files.write import FileCalls
from chainrule.network.network import Network
from chainrule.promises.broken import BrokenPromise
from chainrule.promises.networks import Params, cases, same_bits
from chainrule.spec import History

N_DAMAGED = 2_000
N_CUTS = 2  # of each training
_EPOCHS = 8
_TRAININGS: list[dict[str, Any]] = [
    {"optimizer": "sgd"},
    {"optimizer": "adam", "schedule": "cosine"},
    {"optimizer": "momentum", "patience": 2},
]
INTERRUPT_SECONDS = 2.0  # until a training that is told to stop has stopped, on a busy machine
_PATIENCE = 20.0  # seconds, after which a training that does not stop is ended

_DEAD = 93  # the exit code of a process that died on purpose

_KILLED = """
import dataclasses, os, sys
from chainrule.files import write
def die(*_):
    os._exit(int(sys.argv[3]))
write.CALLS = dataclasses.replace(write.FileCalls(), **{sys.argv[2]: die})
write.write_atomically(sys.argv[1], b"half")
"""

_INTERRUPTED = """
import signal, warnings
import numpy as np
from chainrule.network.network import Network
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's background job ignores
warnings.simplefilter("ignore")
X = np.random.default_rng(0).standard_normal((20_000, 64)).astype("float32")
net = Network([64, 256, 256, 1], random_state=0)
def told(epoch, history):
    if epoch == 0:
        print("training", flush=True)
history = net.fit(X, X[:, :1], epochs=100_000, batch_size=256, callback=told)
print("stopped", history.interrupted, np.isfinite(net.predict(X)).all(), flush=True)
"""


def record() -> ModelRecord:
    """A model as files hold it."""
    case = cases(1, seed=7)[0]
    return ModelRecord("network", case.spec, case.training, case.params, None)


def resumed() -> str:
    """A training cut anywhere goes on from its checkpoint to the bits of one that was not, also
    with another number of threads.

    Raises `BrokenPromise` otherwise.
    """
    draw = random.Random()
    with tempfile.TemporaryDirectory() as folder:
        for number, settings in enumerate(_TRAININGS * N_CUTS):
            path, cut = Path(folder) / f"{number}.safetensors", draw.randrange(1, _EPOCHS)
            whole, _ = _trained(settings, None, None)
            with suppress(_Cut):
                _trained(settings, Checkpoint(path, 0.0), cut)
            rest, n_epochs = _trained({**settings, "n_threads": 1}, Checkpoint(path), None)
            if not same_bits(whole, rest):
                raise BrokenPromise(f"cut in epoch {cut} of {settings}, training ends otherwise")
            if n_epochs > _EPOCHS - cut:
                raise BrokenPromise(f"cut in epoch {cut}, training makes {n_epochs} epochs more")
    return f"{N_CUTS * len(_TRAININGS)} trainings cut and resumed"


class _Cut(Exception):  # noqa: N818
    """The end of a training that is to go on."""


def _trained(
    settings: dict[str, Any], checkpoint: Checkpoint | None, cut: int | None
) -> tuple[Params, int]:
    """What training ends with, and the epochs that it made."""
    X = np.random.default_rng(0).standard_normal((50, 3))
    net = Network([3, 9, 1], random_state=1, dropout=0.2)
    told = []

    def after(epoch: int, history: History) -> None:
        told.append(epoch)
        if epoch == cut:
            raise _Cut

    net.fit(
        X, X[:, :1] ** 2, epochs=_EPOCHS, batch_size=8, eval_set=(X, X[:, :1]), callback=after,
        checkpoint=checkpoint, **settings,
    )  # fmt: skip
    return net.params, len(told)


def file_is_exact() -> str:
    """A saved model comes back bit for bit, and equal models are equal files.

    Raises `BrokenPromise` otherwise.
    """
    one = record()
    data = to_bytes(one)
    again = from_bytes(data)
    if not same_bits(one.params, again.params) or to_bytes(again) != data:
        raise BrokenPromise("a model does not come back from its file as it was saved")
    return f"the same {len(data):,} bytes, there and back"


def file_is_safe() -> str:
    """A damaged file is refused or loads as it was; a pickle is never opened.

    Raises `BrokenPromise` otherwise.
    """
    one, draw = record(), random.Random(0)
    data = to_bytes(one)
    refused = 0
    for _ in range(N_DAMAGED):
        damaged = bytearray(data)
        for _ in range(draw.choice((1, 1, 2, 8))):
            damaged[draw.randrange(len(damaged))] ^= 1 << draw.randrange(8)
        try:
            found = from_bytes(bytes(damaged))
        except ModelFileError:
            refused += 1
            continue
        if not same_bits(one.params, found.params):
            raise BrokenPromise("a damaged file loads as another model")
    with suppress(ModelFileError):
        from_bytes(pickle.dumps(_Trap()))
        raise BrokenPromise("a pickle was taken for a model")
    if _SPRUNG:
        raise BrokenPromise("a pickle was opened, and its code has run")
    return f"{refused:,} of {N_DAMAGED:,} damaged files refused, the others unharmed"


_SPRUNG: list[str] = []


class _Trap:
    """Leaves a note if it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return _spring, ("unpickled",)


def _spring(note: str) -> None:
    _SPRUNG.append(note)


def killed_save() -> str:
    """A save that is killed at any of its calls leaves the old file or the new one.

    Raises `BrokenPromise` otherwise.
    """
    one = record()
    calls = [field.name for field in fields(FileCalls)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        for call in calls:
            save_model(path, one)
            old = path.read_bytes()
            command = [sys.executable, "-c", _KILLED, os.fspath(path), call, str(_DEAD)]
            if subprocess.run(command, check=False).returncode != _DEAD:
                raise BrokenPromise(f"a save does without {call}")
            if path.read_bytes() not in (old, b"half"):
                raise BrokenPromise(f"a save killed at {call} leaves half a file")
        save_model(path, one)
        read_model(path)
        left = [name for name in os.listdir(folder) if name != path.name]
        if left:
            raise BrokenPromise(f"a killed save leaves {left[0]} behind")
    return f"killed at {len(calls)} places, the file whole each time"


def interrupt() -> str:
    """Ctrl-C ends a training soon and leaves a model that answers.

    Raises `BrokenPromise` otherwise.
    """
    if sys.platform == "win32":
        return "not tried on this system"
    with subprocess.Popen(
        [sys.executable, "-c", _INTERRUPTED], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        ended = threading.Timer(_PATIENCE, process.kill)
        ended.start()
        process.stdout.readline()
        start = time.perf_counter()
        process.send_signal(signal.SIGINT)
        said = process.stdout.readline().split()
        seconds = time.perf_counter() - start
        ended.cancel()
        process.kill()
    if said != ["stopped", "True", "True"]:
        raise BrokenPromise(f"an interrupted training said {' '.join(said) or 'nothing'}")
    if seconds > INTERRUPT_SECONDS:
        raise BrokenPromise(f"an interrupted training took {seconds:.1f} s to stop")
    return f"stopped after {1000 * seconds:.0f} ms, with a model that answers"


def unfinished() -> str:
    """A step number and moments go with the file, so that training goes on from it.

    Raises `BrokenPromise` otherwise.
    """
    from chainrule import engine

    case = cases(6, seed=8)[5]
    half = replace(case.training, epochs=2)
    part = engine.fit(case.spec, case.params, case.X, case.y, half)
    saved = ModelRecord("network", case.spec, half, part.params, part.history, part.state)
    opened = from_bytes(to_bytes(saved))
    ends = [
        engine.fit(case.spec, params, case.X, case.y, half, state=state).params
        for params, state in ((part.params, part.state), (opened.params, opened.state))
    ]
    if not same_bits(*ends):
        raise BrokenPromise("training goes on otherwise from a file than from memory")
    return "training goes on from the file, bit for bit"
