"""A training that goes on from a checkpoint ends with the bits of one that never stopped."""

from __future__ import annotations

import errno
import os
import random
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainrule
from chainrule import (
    Checkpoint,
    MLPClassifier,
    MLPRegressor,
    Network,
    TabularClassifier,
    TabularRegressor,
)
from chainrule.errors import DataError, DataNotice, ModelFileError, SpecError
from chainrule.files import write

DRAW = np.random.default_rng(1)
X = DRAW.normal(size=(90, 4))
Y = X @ np.array([1.0, -2.0, 0.5, 0.0]) + DRAW.normal(size=90)
LABELS = (Y > 0).astype(int)
WEIGHTS = DRAW.integers(0, 3, 90).astype(float)
EPOCHS = 14

pytestmark = pytest.mark.filterwarnings("ignore")


class Cut(Exception):  # noqa: N818
    """The end of a training that a test wants."""


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for the disk, which these tests do not need."""
    nothing = replace(write.FileCalls(), fsync=lambda _: None, fsync_folder=lambda _: None)
    monkeypatch.setattr(write, "CALLS", nothing)


def network(checkpoint: Any, cut: int | None, threads: int | None, **settings: Any) -> bytes:
    net = Network([4, 12, 1], random_state=5, dropout=settings.pop("dropout", 0.0))

    def callback(epoch: int, history: Any) -> None:
        if epoch == cut:
            raise Cut

    net.fit(X, Y, epochs=EPOCHS, batch_size=16, callback=callback, checkpoint=checkpoint,
            n_threads=threads, learning_rate=0.01, **settings)  # fmt: skip
    return bytes_of(net)


def bytes_of(model: Any) -> bytes:
    """The file without the number of threads, which is no result."""
    record = model.to_record()
    if record.training is not None:
        record.training = replace(record.training, n_threads=None)
    for entry in ("arguments", "params"):
        if isinstance(record.extra.get(entry), dict):
            record.extra[entry].pop("n_threads", None)
    return chainrule.files.to_bytes(record)


def estimator(make: Callable[..., Any], y: Any, **settings: Any) -> Callable[..., bytes]:
    """A fit that is cut by a metric, which raises at its cut-th call."""

    def run(checkpoint: Any, cut: int | None, threads: int | None) -> bytes:
        model = make(random_state=5, n_threads=threads, **settings)
        keep = None if checkpoint is None else Cutting(checkpoint, cut)
        return bytes_of(model.fit(X, y, checkpoint=keep))

    return run


class Cutting(Checkpoint):
    """Ends the process, as it were, after so many saves."""

    def __init__(self, checkpoint: Checkpoint, cut: int | None) -> None:
        super().__init__(checkpoint.path, 0.0)
        self.left = cut

    def _keep(self, name: str, kept: Any) -> None:
        super()._keep(name, kept)
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Cut


CASES: dict[str, Callable[..., bytes]] = {
    "sgd": lambda *a: network(*a, optimizer="sgd"),
    "adam": lambda *a: network(*a, schedule="cosine", sample_weight=WEIGHTS),
    "dropout": lambda *a: network(*a, dropout=0.3, optimizer="momentum", clip_norm=1.0),
    "early stopping": lambda *a: network(
        *a, eval_set=(X[:30], Y[:30]), patience=2, schedule="plateau", metric="mae"
    ),
    "ensembles": estimator(TabularClassifier, LABELS, epochs=5, hidden_layer_sizes=(8,)),
    "refit": estimator(TabularRegressor, Y, preset="fast", epochs=6, refit=True,
                       hidden_layer_sizes=(8,)),
    "mlp": estimator(MLPClassifier, LABELS, max_iter=EPOCHS, early_stopping=True, solver="sgd",
                     learning_rate="adaptive"),
    "mlp adam": estimator(MLPRegressor, Y, max_iter=EPOCHS, hidden_layer_sizes=(8,), tol=0.1),
}  # fmt: skip


def resumed(case: str, cut: int, folder: Path, threads: tuple[int | None, int | None]) -> bytes:
    run, path = CASES[case], folder / f"{case.replace(' ', '')}{cut}.safetensors"
    try:
        run(Checkpoint(path, 0.0), cut, threads[0])
    except Cut:
        assert path.exists() or cut == 0
    return run(Checkpoint(path, 0.0), None, threads[1])


@pytest.mark.parametrize("case", CASES)
def test_resumed_is_never_interrupted(case: str, tmp_path: Path) -> None:
    whole = CASES[case](None, None, None)
    for cut, threads in ((3, (2, 1)), (9, (1, 2))):
        assert resumed(case, cut, tmp_path, threads) == whole
    # What has ended is only read.
    done = tmp_path / f"{case.replace(' ', '')}9.safetensors"
    assert CASES[case](Checkpoint(done, 0.0), None, None) == whole


@pytest.mark.slow
@pytest.mark.parametrize("case", ["sgd", "adam", "dropout", "early stopping", "ensembles"])
def test_fifty_cuts(case: str, tmp_path: Path) -> None:
    draw, whole = random.Random(case), CASES[case](None, None, None)
    last = 4 * 5 if case == "ensembles" else EPOCHS
    for k in range(50):
        folder = tmp_path / str(k)
        folder.mkdir()
        cut, threads = draw.randrange(last), (draw.choice((1, 2)), draw.choice((1, 2, 3)))
        assert resumed(case, cut, folder, threads) == whole, (cut, threads)


def started(path: Path, **change: Any) -> Network:
    settings: dict[str, Any] = {"X": X, "y": Y, "seed": 0, "epochs": 4, "interval": 0.0, **change}
    net = Network([4, 6, 1], random_state=settings.pop("seed"))
    rows, targets = settings.pop("X"), settings.pop("y")
    net.fit(rows, targets, checkpoint=Checkpoint(path, settings.pop("interval")), **settings)
    return net


def test_another_training_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    started(path)
    other = X.copy()
    other[3, 2] += 1e-9
    for change, kind, sentence in (
        ({"X": other}, None, ""),  # the same in float32
        ({"X": X + 1}, DataError, "X, y, their weights or the validation rows differ"),
        ({"y": -Y}, DataError, "X, y, their weights or the validation rows differ"),
        ({"sample_weight": WEIGHTS}, DataError, "differ"),
        ({"epochs": 5}, SpecError, "epochs is 4 there and 5 here"),
        ({"learning_rate": 0.5}, SpecError, "learning_rate is 0.001 there and 0.5 here"),
        ({"seed": 1}, SpecError, "seed is '0' there and '1' here"),
        ({"eval_set": (X, Y)}, SpecError, "validation is False there and True here"),
    ):
        if kind is None:
            started(path, **change)
            continue
        with pytest.raises(kind, match=sentence):
            started(path, **change)
    net = Network([4, 6, 1])
    net.params = {"W1": np.ones((6, 4))}
    with pytest.raises(SpecError, match="began with other parameters"):
        net.fit(X, Y, epochs=4, checkpoint=path)


def test_the_generation_before_stands_in_for_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    whole = started(path)
    data = bytearray(path.read_bytes())
    data[-9] ^= 4
    path.write_bytes(data)
    with pytest.warns(DataNotice, match=r"run\.previous\.safetensors', is taken instead"):
        again = started(path)
    assert bytes_of(again) == bytes_of(whole)
    path.write_bytes(data)
    Checkpoint(path, 0.0).previous.write_bytes(b"nothing")
    with pytest.raises(ModelFileError, match="is no checkpoint to go on from"):
        started(path)


def test_damaged_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    started(path)
    Checkpoint(path, 0.0).previous.unlink()
    data, draw = path.read_bytes(), random.Random(0)
    for _ in range(80):
        damaged = bytearray(data)
        damaged[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        path.write_bytes(damaged[: draw.choice((len(data), draw.randrange(len(data))))])
        with pytest.raises(ModelFileError):
            Checkpoint(path)
    with pytest.raises(ModelFileError):
        chainrule.load(path)
    model = tmp_path / "model.safetensors"
    Network([2, 1]).save(model)
    with pytest.raises(ModelFileError, match="is a model, and no checkpoint"):
        Checkpoint(model)


def test_a_full_disk_ends_no_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.safetensors"
    whole = bytes_of(started(tmp_path / "other.safetensors"))

    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(write, "CALLS", replace(write.FileCalls(), write=full))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        net = started(path)
    assert bytes_of(net) == whole
    assert sum("could not be saved" in str(w.message) for w in caught) == 1


def test_the_interval(tmp_path: Path) -> None:
    seconds = iter(range(10**6))
    saves = []

    class Counting(Checkpoint):
        def _keep(self, name: str, kept: Any) -> None:
            saves.append(kept.standing.n_epochs)
            super()._keep(name, kept)

    for interval in (3.0, 7.0):
        path = tmp_path / f"{interval}.safetensors"
        saves.clear()
        kept = Counting(path, interval, clock=lambda: float(next(seconds)))
        Network([4, 2, 1]).fit(X, Y, epochs=40, checkpoint=kept)
        gaps = np.diff(saves[:-1])
        assert saves[-1] == 40
        assert gaps.max() <= interval + 1
        assert (np.diff(gaps) >= 0).all()


def test_arguments_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"a path or a chainrule\.Checkpoint, found 3"):
        Network([4, 1]).fit(X, Y, checkpoint=3)
    with pytest.raises(DataError, match="does not exist"):
        Network([4, 1]).fit(X, Y, checkpoint=tmp_path / "nowhere" / "run.safetensors")
    with pytest.raises(SpecError, match="lbfgs"):
        MLPRegressor(solver="lbfgs").fit(X, Y, checkpoint=tmp_path / "run.safetensors")


def test_a_drawn_seed_is_kept(tmp_path: Path) -> None:
    """Without random_state the run that goes on has the seed of the one that began."""
    path = tmp_path / "run.safetensors"
    with pytest.raises(Cut):
        MLPRegressor(max_iter=9).fit(X, Y, checkpoint=Cutting(Checkpoint(path), 2))
    one = MLPRegressor(max_iter=9).fit(X, Y, checkpoint=path)
    assert one.n_iter_ == 9 and len(one.loss_curve_) == 9
