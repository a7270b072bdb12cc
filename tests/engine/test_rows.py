"""Rows at the boundary of the core: accepted in every form, refused in one sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import DataError, SpecError
from chainrule.spec import Dense, History, Loss, NetworkSpec, TrainingSpec
from comparing import same_bits

SPEC = NetworkSpec(3, (Dense(4, "tanh"), Dense(1)), Loss("squared_error"))
CLASSES = NetworkSpec(3, (Dense(4, "tanh"), Dense(3, "softmax")), Loss("cross_entropy"))
PARAMS = engine.initialize(SPEC, dtype="float64")
CLASS_PARAMS = engine.initialize(CLASSES)
X = np.arange(30.0).reshape(10, 3) / 30
Y = np.arange(10.0)
TRAINING = TrainingSpec(epochs=2, batch_size=4)


@pytest.mark.parametrize(
    "form",
    [
        X.tolist(),
        X.astype(">f8"),
        np.asfortranarray(X),
        np.repeat(X, 2, axis=0)[::2],
        np.pad(X, ((0, 0), (2, 1)))[:, 2:5],
        X[::-1][::-1],
        np.ma.masked_array(X),
        X.astype(np.longdouble),
    ],
    ids=["list", "big-endian", "fortran", "strided", "window", "reversed", "masked", "longdouble"],
)
def test_every_form_of_the_same_numbers(form: Any) -> None:
    expected = engine.fit(SPEC, PARAMS, X, Y, TRAINING)
    assert same_bits(engine.fit(SPEC, PARAMS, form, Y, TRAINING).params, expected.params)
    assert engine.predict(SPEC, PARAMS, form).tobytes() == engine.predict(SPEC, PARAMS, X).tobytes()


@pytest.mark.parametrize("dtype", [np.int8, np.uint64, np.float16, bool, object])
def test_other_number_types_are_converted(dtype: Any) -> None:
    whole = (np.arange(30).reshape(10, 3) % 2).astype(dtype)
    got = engine.predict(SPEC, PARAMS, whole)
    np.testing.assert_array_equal(got, engine.predict(SPEC, PARAMS, whole.astype(float)))


def test_inputs_are_never_written_and_may_be_read_only() -> None:
    weights = np.ones(10)
    arrays = [X.copy(), Y.copy(), weights, *(w.copy() for w in PARAMS.values())]
    before = [array.tobytes() for array in arrays]
    for array in arrays:
        array.setflags(write=False)
    x, y, weights, *rest = arrays
    params = dict(zip(PARAMS, rest, strict=True))
    engine.fit(SPEC, params, x, y, TRAINING, sample_weight=weights, eval_set=(x, y))
    engine.predict(SPEC, params, x)
    engine.trace(SPEC, params, x, y, TRAINING, sample_weight=weights)
    engine.numeric_gradients(SPEC, params, x, y)
    assert [array.tobytes() for array in arrays] == before


@pytest.mark.parametrize("n_threads", [1, 2])
def test_indices_may_change_while_fit_runs(n_threads: int) -> None:
    """Class indices and row numbers index memory, so the core keeps copies of them."""
    training = TrainingSpec(epochs=6, batch_size=4, n_threads=n_threads)
    rows, eval_rows = np.arange(8, dtype=np.uint32), np.array([8, 9], dtype=np.uint32)
    y = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0], dtype=np.int32)
    expected = engine.fit(
        CLASSES, CLASS_PARAMS, X, y, training, rows=rows, eval_rows=eval_rows, metric="error"
    )

    def spoil(epoch: int, history: History) -> None:
        y[:] = 10**6
        rows[:] = 10**6
        eval_rows[:] = 10**6

    result = engine.fit(
        CLASSES, CLASS_PARAMS, X, y, training, rows=rows, eval_rows=eval_rows, metric="error",
        callback=spoil,
    )  # fmt: skip
    assert y[0] == rows[0] == eval_rows[0] == 10**6
    assert same_bits(result.params, expected.params)
    assert result.history.loss == expected.history.loss
    assert result.history.validation_loss == expected.history.validation_loss


def test_a_read_only_memory_map_is_read_in_place(tmp_path: Any) -> None:
    np.save(tmp_path / "x.npy", X)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert engine.predict(SPEC, PARAMS, mapped).shape == (10, 1)


NAN = X.copy()
NAN[4, 2] = np.nan
HUGE = X.copy()
HUGE[1, 0] = 1e39


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"X": NAN}, "X holds nan at row 4, column 2"),
        ({"X": -NAN + np.inf}, "X holds inf at row 0, column 0"),
        ({"X": X[0]}, r"X must be two-dimensional \(rows, features\), found shape \(3,\)"),
        ({"X": X[:, :2]}, "X has 2 columns, but the network takes 3 features"),
        ({"X": X[:0], "y": Y[:0]}, "X has no rows; at least one is needed"),
        ({"X": X + 1j}, "X must hold real numbers, found complex128"),
        ({"X": np.full((10, 3), "a")}, "X must hold real numbers, found <U1"),
        ({"X": np.broadcast_to(0.0, (2**40, 3))}, "X has 1099511627776 rows; at most 4294967295"),
        ({"y": Y[:9]}, "y has 9 rows, but X has 10"),
        ({"y": np.zeros((10, 2))}, "y has 2 columns, but the network has 1 outputs"),
        ({"y": Y * np.nan}, "y holds nan at row 0.*; targets must be finite"),
        ({"y": np.zeros((10, 1, 1))}, "y must have one or two dimensions"),
        ({"sample_weight": Y - 1}, "sample_weight holds -1.0 at row 0; a weight is at least zero"),
        ({"sample_weight": np.zeros(10)}, "sample_weight is zero for every row"),
        ({"sample_weight": np.full(10, 1e-310)}, "sample_weight is zero for every row"),
        ({"sample_weight": np.ones(9)}, r"sample_weight must have shape \(10,\), one a row"),
        ({"sample_weight": Y + np.inf}, "sample_weight holds inf at row 0"),
        ({"rows": [10]}, "rows must lie between 0 and 9"),
        ({"rows": [-1]}, "rows must lie between 0 and 9"),
        ({"rows": [0.5]}, "rows must be a one-dimensional array of whole numbers"),
        ({"rows": [True] * 10}, "rows must be a one-dimensional array of whole numbers"),
        ({"rows": np.zeros(0, int)}, "rows is empty; at least one is needed"),
        ({"eval_rows": [10]}, "eval_rows must lie between 0 and 9"),
        ({"eval_rows": [0.5]}, "eval_rows must be a one-dimensional array of whole numbers"),
        ({"eval_rows": np.zeros(0, int)}, "eval_rows is empty; at least one is needed"),
        (
            {"eval_rows": [0], "sample_weight": Y},
            "eval_sample_weight is zero for every row",
        ),
        ({"eval_rows": [1], "eval_set": (X, Y)}, "give eval_set or eval_rows, not both"),
        ({"eval_set": X}, r"eval_set must be a pair \(X, y\)"),
        ({"eval_set": (X[:, :2], Y)}, "eval_set X has 2 columns"),
    ],
)
def test_what_cannot_be_used_is_named(change: dict[str, Any], sentence: str) -> None:
    arguments: dict[str, Any] = {"X": X, "y": Y, **change}
    with pytest.raises(DataError, match=sentence) as caught:
        engine.fit(SPEC, PARAMS, arguments.pop("X"), arguments.pop("y"), TRAINING, **arguments)
    assert str(caught.value).endswith(".")


def test_numbers_beyond_float32_are_named_as_they_were() -> None:
    with pytest.raises(DataError, match=r"X holds 1e\+39 at row 1, column 0.*within float32"):
        engine.predict(SPEC, engine.initialize(SPEC), HUGE)
    assert np.isfinite(engine.predict(SPEC, PARAMS, HUGE)).all()


@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        (np.array([0, 1, 2, 3] + [0] * 6), "y holds class 3 at row 3; the network has classes 0"),
        (np.array([-1] + [0] * 9), "y holds class -1 at row 0"),
        (np.full(10, 0.5), "class"),
        (np.full((10, 3), 0.5), "y must hold probabilities that sum to 1, row 0 sums to 1.5"),
        (np.tile([1.5, -0.5, 0.0], (10, 1)), "y must lie between 0 and 1 for cross_entropy"),
    ],
)
def test_targets_of_cross_entropy(y: np.ndarray, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        engine.fit(CLASSES, CLASS_PARAMS, X, y, TRAINING)


def test_parameters_must_fit_the_network() -> None:
    with pytest.raises(DataError, match="parameter 'b2' is missing"):
        engine.predict(SPEC, {k: v for k, v in PARAMS.items() if k != "b2"}, X)
    with pytest.raises(DataError, match=r"parameter 'W1' must have shape \(4, 3\), found \(3, 4\)"):
        engine.predict(SPEC, {**PARAMS, "W1": PARAMS["W1"].T}, X)
    with pytest.raises(DataError, match="parameters must be float32 or float64, found int64"):
        engine.predict(SPEC, {k: v.astype(int) for k, v in PARAMS.items()}, X)
    with pytest.raises(SpecError, match="unknown metric 'auc'"):
        engine.fit(SPEC, PARAMS, X, Y, TRAINING, metric="auc")
    with pytest.raises(SpecError, match="unknown init 'xavier'"):
        engine.initialize(SPEC, init="xavier")
