"""Every promise is kept here, and noticed where it is broken on purpose."""

import dataclasses

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import ModelFileError
from chainrule.promises import PROMISES, keeping, training, verify
from chainrule.spec import TrainingState


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(training, "N_NETWORKS", 14)
    monkeypatch.setattr(keeping, "N_DAMAGED", 200)


@pytest.mark.slow
def test_all_are_kept():
    outcomes = list(verify())
    assert [outcome.promise for outcome in outcomes] == list(PROMISES)
    assert [outcome for outcome in outcomes if not outcome.kept] == []


real_gradients, real_fit, real_trace = engine.gradients, engine.fit, engine.trace
real_predict, real_from_bytes = engine.predict, keeping.from_bytes


def moved(params, factor=1 + 1e-9):
    return {name: w * factor for name, w in params.items()}


def wrong_gradients(*args, **kw):
    loss, grads = real_gradients(*args, **kw)
    return loss, moved(grads)


def wrong_fit(*args, **kw):
    done = real_fit(*args, **kw)
    return dataclasses.replace(done, params=moved(done.params))


def fit_by_threads(spec, params, X, y, settings, **kw):
    done = real_fit(spec, params, X, y, settings, **kw)
    return dataclasses.replace(done, params=moved(done.params, 1 + (settings.n_threads or 0) / 1e3))


def fit_by_chance(*args, **kw):
    done = real_fit(*args, **kw)
    return dataclasses.replace(done, params=moved(done.params, 1 + np.random.rand() / 1e3))


def fit_without_memory(*args, state=None, **kw):
    return real_fit(*args, **kw)


def predict_by_rows(spec, params, X):
    return real_predict(spec, params, X) * len(X)


def open_another(data):
    found = real_from_bytes(data)
    return dataclasses.replace(found, params=moved(found.params))


def open_anything(data):
    try:
        return real_from_bytes(data)
    except ModelFileError:
        return dataclasses.replace(keeping.record(), params=moved(keeping.record().params))


def open_without_state(data):
    return dataclasses.replace(real_from_bytes(data), state=None)


class Forgetful(keeping.Checkpoint):
    """Goes on without the moments and counters."""

    def slot(self, *args):
        slot = super().slot(*args)
        begin = slot.begin

        def without_state(fingerprint):
            found = begin(fingerprint)
            return found and dataclasses.replace(found, state=TrainingState(found.state.optimizer))

        slot.begin = without_state
        return slot


HALF_WRITTEN = "import os, sys\nopen(sys.argv[1], 'wb').write(b'hal')\nos._exit(9)"
DEAF = (
    keeping._INTERRUPTED.replace("import sys", "import signal, sys", 1)
    .replace("net.fit", "signal.signal(signal.SIGINT, signal.SIG_IGN) or net.fit")
    .replace("epochs=100_000", "epochs=30, patience=None")
)

MUTANTS = [
    ("gradients are right", engine, "gradients", wrong_gradients),
    ("the step shown is the step of fit", engine, "fit", wrong_fit),
    ("updates follow their rules", engine, "fit", wrong_fit),
    ("threads change nothing", engine, "fit", fit_by_threads),
    ("a seed gives the same bits", engine, "fit", fit_by_chance),
    ("rows do not depend on each other", engine, "predict", predict_by_rows),
    ("training goes on where it ended", engine, "fit", fit_without_memory),
    ("and from its file as well", keeping, "from_bytes", open_without_state),
    ("a checkpoint ends with the same bits", keeping, "Checkpoint", Forgetful),
    ("a file keeps every bit", keeping, "from_bytes", open_another),
    ("a damaged file harms nobody", keeping, "from_bytes", open_anything),
    ("a killed save loses nothing", keeping, "_KILLED", HALF_WRITTEN),
    ("an interrupt keeps the model", keeping, "_INTERRUPTED", DEAF),
]


def test_each_promise_has_a_mutant():
    assert [promise for promise, *_ in MUTANTS] == list(PROMISES)


@pytest.mark.parametrize(
    ("promise", "place", "name", "mutant"), MUTANTS, ids=[promise for promise, *_ in MUTANTS]
)
def test_a_broken_promise_is_noticed(monkeypatch, promise, place, name, mutant):
    monkeypatch.setattr(place, name, mutant)
    with pytest.raises(Exception) as broken:
        PROMISES[promise]()
    assert type(broken.value).__name__ == "BrokenPromise", broken.value
