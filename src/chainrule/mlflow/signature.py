"""What MLflow says of a model's inputs and answers, from what the model itself knows of them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.table.encode.column_encoder import ColumnEncoder
from chainrule.table.encode.number import NumberEncoder
from chainrule.table.encode.typical import typical_row

if TYPE_CHECKING:
    from mlflow.models import ModelSignature

_TYPES = {"text": "string", "datetime": "datetime"}


def example_of(model: Any) -> Any:
    """A row as the model reads it: what it knows of its columns, or zeros.

    Parameters
    ----------
    model : Network or fitted estimator

    Returns
    -------
    pandas.DataFrame or ndarray, one row
        Of a Tabular model medians and known categories. An array where the model knows its columns
        by position alone.
    """
    encoder = getattr(model, "encoder_", None)
    names = getattr(model, "feature_names_in_", None)
    if encoder is None and names is None:
        return np.zeros((1, _n_features(model)))
    import pandas as pd

    if encoder is None:
        return pd.DataFrame(np.zeros((1, _n_features(model))), columns=names)
    row = typical_row(encoder)
    if encoder.named:
        return pd.DataFrame({name: [cell] for name, cell in row.items()})
    if _is_matrix(encoder):
        return np.array([[row.get(c.name, 0.0) for c in encoder.columns]], np.float64)
    return pd.DataFrame([[row.get(c.name) for c in encoder.columns]])


def signature_of(model: Any, method: str = "predict", example: Any = None) -> ModelSignature:
    """The columns and their types, and those of the answers.

    Parameters
    ----------
    model : Network or fitted estimator
    method : str, default "predict"
        The method that answers.
    example : table, optional
        Rows to answer for the types of answers. Default: those of `example_of`.

    Returns
    -------
    mlflow.models.ModelSignature
    """
    from mlflow.models import ModelSignature, infer_signature
    from mlflow.types import Schema

    rows = example_of(model) if example is None else example
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of rows that are no user's
        answers = infer_signature(model_output=getattr(model, method)(rows)).outputs
    return ModelSignature(inputs=Schema(_inputs(model)), outputs=answers)


def _inputs(model: Any) -> list[Any]:
    from mlflow.types import ColSpec, TensorSpec
    from mlflow.types.schema import AnyType

    encoder = getattr(model, "encoder_", None)
    names = getattr(model, "feature_names_in_", None)
    if encoder is None and names is not None:
        return [ColSpec(AnyType(), name) for name in names]
    if encoder is None or (not encoder.named and _is_matrix(encoder)):
        return [TensorSpec(np.dtype(np.float64), (-1, _n_features(model)))]
    if not encoder.named:
        return [ColSpec(_type_of(column)) for column in encoder.columns]
    needed = set(encoder.column_names)
    return [ColSpec(_type_of(c), c.name) for c in encoder.columns if c.name in needed]


def _type_of(column: ColumnEncoder) -> Any:
    """MLflow's type of a column: any, where that would refuse what the model reads.

    MLflow takes no whole numbers for "double", none with gaps for "long" or "boolean".
    A median with a fraction says that a column is not of whole numbers.
    """
    from mlflow.types.schema import AnyType

    if column.file_kind == "number" and isinstance(column, NumberEncoder):
        return AnyType() if column.median.is_integer() else "double"
    return _TYPES.get(column.file_kind or "", AnyType())


def _n_features(model: Any) -> int:
    return int(model.n_features_in_ if hasattr(model, "n_features_in_") else model.spec.n_features)


def _is_matrix(encoder: Any) -> bool:
    """Whether numbers alone stand in all columns."""
    return all(encoder.file_kinds.get(name) == "number" for name in encoder.column_names)
