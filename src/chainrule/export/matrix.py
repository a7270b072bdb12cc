"""Networks that read a matrix, not a table: their descriptions, and rows to try them on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from chainrule.export.description import Description, InputColumn, Output
from chainrule.export.network import forward
from chainrule.export.values import Value, as_value, concatenate, given
from chainrule.spec import CategoryEmbedding, Columns, NetworkSpec

# How far from 0 the rows of a trial lie.
_STRETCHES = np.array([1.0, 0.0, 0.1, 3.0, 20.0])


def describe_matrix(
    spec: NetworkSpec,
    params: Mapping[str, np.ndarray],
    outputs: Sequence[Output],
    *,
    classes: list[object] | None = None,
) -> Description:
    """A network whose rows are the input "X", with the codes of categories made ones it knows."""
    dtype = str(params["W1"].dtype)
    x = given("X", dtype, spec.n_features)
    known = level_counts(spec)
    columns = [x.columns([column]) for column in range(spec.n_features)]
    for column, count in known.items():
        columns[column] = _code(columns[column], count)
    what = "numbers" if spec.n_features > 1 else "a number"
    return Description(
        (InputColumn("X", dtype, what, spec.n_features),),
        concatenate(columns) if known else x,
        forward(spec, given("x", dtype, spec.n_features)),
        (dict(params),),
        tuple(outputs),
        dtype,
        classes,
        np.ones(1),
    )


def _code(x: Value, count: int) -> Value:
    """A code from 0 to count; 0 where it is missing."""
    code = x.is_missing().where(as_value(0.0, x.dtype), x)
    return code.maximum(0.0).minimum(float(count))


def level_counts(spec: NetworkSpec) -> dict[int, int]:
    """Column -> levels, of the columns that hold codes of categories."""
    first = spec.layers[0]
    if isinstance(first, CategoryEmbedding):
        return dict(enumerate(first.levels))
    found: dict[int, int] = {}
    column = 0
    for part in first.parts if isinstance(first, Columns) else ():
        if isinstance(part.layer, CategoryEmbedding):
            found.update(enumerate(part.layer.levels, column))
        column += part.columns
    return found


def trial_matrix(spec: NetworkSpec, dtype: str, n_rows: int = 64) -> np.ndarray:
    """Rows near 0 and far from it; codes that the network knows."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(n_rows, spec.n_features))
    rows *= np.resize(_STRETCHES, n_rows)[:, None]
    for column, count in level_counts(spec).items():
        rows[:, column] = rng.integers(count + 1, size=n_rows)
    return rows.astype(dtype)
