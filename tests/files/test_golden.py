"""Files of every release open for ever. A golden file is never written again, only added."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chainrule.files import ModelRecord, read_model, to_bytes
from chainrule.spec import (
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    History,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Scale,
    Schedule,
    TrainingSpec,
    TrainingState,
)

GOLDEN = Path(__file__).parents[1] / "golden"


def first_format():
    """The model in format-1.safetensors, from numbers that no generator can change."""
    spec = NetworkSpec(2, (Dense(3, "gelu", True), Dropout(0.5), Dense(1)), Loss("huber", 1.5))
    training = TrainingSpec(
        optimizer="adamw",
        learning_rate=0.003,
        schedule=Schedule("plateau", {"patience": 4}),
        seed=2**63,
        weight_decay=0.01,
        patience=5,
        weight_decay_factors={"W1": 0.5},
    )
    params = {}
    for place, (name, shape) in enumerate(spec.parameter_shapes.items(), start=1):
        count = int(np.prod(shape))
        params[name] = (np.arange(count, dtype="float32") / np.float32(7 * place)).reshape(shape)
    moments = {
        f"{kind}.{name}": array * np.float32(0.5)
        for kind in ("first_moment", "second_moment")
        for name, array in params.items()
    }
    return ModelRecord(
        "tabular_regressor",
        spec,
        training,
        params,
        history=History([1.5, 0.1], [1.25, 0.5], [0.75, 0.25], 1, 20, "patience", False),
        state=TrainingState("adamw", 20, 2, moments, 0.125, 0.984375),
        extra={"feature_names": ["höhe", "sex=female"], "y": {"mean": 0.1, "scale": 1e-7}},
        optional={"x-note": "kept"},
        versions={"chainrule": "0.1.0"},
    )


def test_the_first_format_opens(assert_same):
    assert_same(read_model(GOLDEN / "format-1.safetensors"), first_format())


def second_format():
    """The ensemble in format-2.safetensors."""
    record = first_format()
    record.state = None
    halves = {name: array * np.float32(0.5) for name, array in record.params.items()}
    record.others = [(halves, History([2.0], [], [], None, 10, "time_limit", True)), (halves, None)]
    return record


def test_the_second_format_opens(assert_same):
    record, expected = read_model(GOLDEN / "format-2.safetensors"), second_format()
    assert_same(record, expected)
    for (params, history), (halves, past) in zip(record.others, expected.others, strict=True):
        assert history == past
        for name in halves:
            np.testing.assert_array_equal(params[name], halves[name])


def third_format():
    """The model in format-3.safetensors: layers beside and behind one another, and a penalty."""
    record = first_format()
    embeddings = Columns(((1, PeriodicEmbedding(2, 1)), (1, CategoryEmbedding((2,), 2))))
    layers = (embeddings, Scale(), Dense(3, Activation("mish", True)), Dropout(0.5), Dense(1))
    record.spec = NetworkSpec(2, layers, Loss("huber", 1.5))
    record.params = {
        name: np.full(shape, index, np.float32)
        for index, (name, shape) in enumerate(record.spec.parameter_shapes.items())
    }
    record.state = TrainingState(
        "adagrad", 20, 2, {f"square_sum.{name}": w for name, w in record.params.items()}
    )
    record.history.penalty = [0.5, 0.25]
    return record


def test_the_third_format_opens(assert_same):
    assert_same(read_model(GOLDEN / "format-3.safetensors"), third_format())


def test_the_third_format_is_still_written():
    written = (GOLDEN / "format-3.safetensors").read_bytes()
    assert to_bytes(third_format()) == written


@pytest.mark.parametrize(("record", "number"), [(first_format, 1), (second_format, 2)])
def test_older_formats_are_written_as_the_third(record, number, assert_same, tmp_path):
    old = read_model(GOLDEN / f"format-{number}.safetensors")
    (tmp_path / "again.safetensors").write_bytes(to_bytes(old))
    assert_same(read_model(tmp_path / "again.safetensors"), record())


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.safetensors")), ids=lambda path: path.name)
def test_golden_files_are_small(path):
    assert path.stat().st_size < 20_000
