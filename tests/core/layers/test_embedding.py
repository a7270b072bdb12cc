"""The category embedding: every code finds its row, and what is no code is refused."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import DataError
from chainrule.spec import CategoryEmbedding, Columns, Dense, Loss, NetworkSpec, TrainingSpec
from comparing import same_bits

SPEC = NetworkSpec(
    2, (Columns(((1, None), (1, CategoryEmbedding((2,), 3)))), Dense(1)), Loss("squared_error")
)


@pytest.mark.parametrize("row", [0, 1])
@pytest.mark.parametrize("code", [-1.0, 3.0, 0.5])
def test_a_code_that_is_none_is_refused_with_its_place(code: float, row: int) -> None:
    params = engine.initialize(SPEC)
    X = np.full((2, 2), 2.0)
    X[row, 1] = code
    with pytest.raises(DataError, match=f"row {row}, column 1"):
        engine.predict(SPEC, params, X)
    with pytest.raises(DataError, match=f"row {row}, column 1"):
        engine.predict(SPEC, params, X.astype(np.float32))
    with pytest.raises(DataError, match=f"row {row}, column 1"):
        engine.fit(SPEC, params, X, np.zeros(2))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_code_becomes_its_row_and_only_rows_in_use_learn(dtype: str) -> None:
    spec = NetworkSpec(2, (CategoryEmbedding((2, 3), 5), Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec, seed=3, dtype=dtype)
    codes = np.array([[0.0, 3.0], [2.0, 1.0], [0.0, 1.0]])
    seen = engine.trace(spec, params, codes, np.ones(3))
    rows = np.array([[0, 6], [2, 4], [0, 4]])  # the second column's rows follow the first's
    np.testing.assert_array_equal(seen.a[0], params["embedding"][rows].reshape(3, 10))
    learns = seen.grads["embedding"].any(axis=1)
    np.testing.assert_array_equal(learns, np.isin(np.arange(7), rows))
    fitted = engine.fit(spec, params, codes, np.ones(3), TrainingSpec("sgd", epochs=2))
    moved = (fitted.params["embedding"] != params["embedding"]).any(axis=1)
    np.testing.assert_array_equal(moved, learns)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("code", [-1.0, -1e6, 3.0, 1e6, np.nan])
def test_a_code_that_changes_while_fit_runs_counts_as_unknown(code: float, dtype: str) -> None:
    """The core reads the caller's rows in place; no number in them may lead out of the table."""
    y, training = np.arange(4.0), TrainingSpec("sgd", epochs=4, batch_size=None)
    params = engine.initialize(SPEC, seed=1, dtype=dtype)
    ends = []
    for late in (0.0, code):
        X = np.array([[0.5, 2.0], [0.1, 1.0], [-0.4, 2.0], [0.2, 0.0]], dtype)

        def spoil(epoch: int, history: object, X: np.ndarray = X, late: float = late) -> None:
            X[:, 1] = late

        ends.append(engine.fit(SPEC, params, X, y, training, callback=spoil).params)
    assert same_bits(ends[0], ends[1])
    untouched = engine.fit(SPEC, params, np.array([[0.5, 2.0], [0.1, 1.0], [-0.4, 2.0], [0.2, 0.0]],
                           dtype), y, training).params  # fmt: skip
    assert not same_bits(ends[0], untouched)
