"""Models to save: one of each kind, with history and optimizer state."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.files import ModelRecord
from chainrule.files.form import MOMENTS
from chainrule.spec import (
    Dense,
    Dropout,
    History,
    Loss,
    NetworkSpec,
    Schedule,
    TrainingSpec,
    TrainingState,
)


def _make_record(optimizer="adam", dtype="float32", kind="network", seed=0, history=True):
    spec = NetworkSpec(
        3,
        (Dense(4, "relu"), Dropout(0.25), Dense(2, "softmax")),
        Loss("cross_entropy"),
    )
    training = TrainingSpec(
        optimizer=optimizer,
        learning_rate=0.002,
        schedule=Schedule("cosine", {"warmup": 0.1}),
        seed=2**64 - 1 - seed,
        learning_rate_factors={"b": 0.5},
    )
    rng = np.random.default_rng(seed)
    shapes = spec.parameter_shapes

    def draw():
        return {name: rng.standard_normal(shape).astype(dtype) for name, shape in shapes.items()}

    params = draw()
    moments = {f"{m}.{name}": a for m in MOMENTS[optimizer] for name, a in draw().items()}
    past = History(
        loss=rng.random(7).tolist(),
        validation_loss=rng.random(7).tolist(),
        best_epoch=3,
        n_steps=70,
        stop_reason="epochs",
        seconds=0.0,
    )
    extra = {
        "feature_names": ["länge", "mass\n", "island=Dream"],
        "classes": ["a", "b"],
        "encoder": {"columns": [{"mean": 0.1, "scale": 1e-300}, {"levels": ["x", None, True]}]},
        "temperature": 1.25,
    }
    return ModelRecord(
        kind, spec, training, params,
        history=past if history else None,
        state=TrainingState(optimizer, 70, 7, moments, 0.9**70, 0.999**70),
        extra=extra,
    )  # fmt: skip


def _assert_same(left, right):
    assert (left.kind, left.spec, left.training) == (right.kind, right.spec, right.training)
    assert left.history == right.history
    assert left.extra == right.extra
    assert left.optional == right.optional
    _assert_same_arrays(left.params, right.params)
    assert (left.state is None) == (right.state is None)
    if left.state is not None:
        for name in ("optimizer", "n_steps", "epoch", "beta1_power", "beta2_power"):
            assert getattr(left.state, name) == getattr(right.state, name)
        _assert_same_arrays(left.state.moments, right.state.moments)


def _assert_same_arrays(left, right):
    assert list(left) == list(right) or sorted(left) == sorted(right)
    for name in left:
        assert left[name].dtype == right[name].dtype
        assert left[name].shape == right[name].shape
        assert left[name].tobytes() == right[name].tobytes(), name


@pytest.fixture
def make_record():
    """make_record(optimizer, dtype, kind, seed, history) -> ModelRecord."""
    return _make_record


@pytest.fixture
def record():
    return _make_record()


@pytest.fixture
def assert_same():
    """assert_same(record, record): every field, every bit of every array."""
    return _assert_same
