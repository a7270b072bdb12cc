"""A Tabular model as array operations, its exports, and their verification."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from chainrule import engine
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.ensemble import Member
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.export.activations import softmax
from chainrule.export.agreement import Agreement, agreement
from chainrule.export.description import Description, Output, describe, output_of
from chainrule.export.feed import feed, trial_table
from chainrule.export.numpy_file import run_numpy, to_numpy_source
from chainrule.export.onnx import to_onnx
from chainrule.export.runtime import run_onnx, runtime_name
from chainrule.export.values import BOOL, FLOAT64, INT64, TEXT, Value, as_value, constant
from chainrule.files.write import write_atomically
from chainrule.spec import NetworkSpec
from chainrule.table.encode.encoder import Encoder
from chainrule.table.frame import as_table


def description_of(
    encoder: Encoder,
    spec: NetworkSpec,
    members: Sequence[Mapping[str, np.ndarray]],
    target: ClassTarget | NumberTarget,
) -> Description:
    """A fitted model as array operations.

    Raises
    ------
    DataError
        Naming the column that an export cannot encode.
    """
    dtype = str(members[0]["W1"].dtype)
    answers = [
        output_of(number, dtype, spec.n_outputs).cast(FLOAT64) for number in range(len(members))
    ]
    outputs = (
        _of_classes(target, answers)
        if isinstance(target, ClassTarget)
        else _of_numbers(target, answers)
    )
    return describe(
        encoder,
        spec,
        members,
        outputs,
        logits=target.reads_logits,
        classes=target.labels.classes.tolist() if isinstance(target, ClassTarget) else None,
        scale=target.scale.std if isinstance(target, NumberTarget) else np.ones(1),
    )


def _of_classes(target: ClassTarget, logits: list[Value]) -> list[Output]:
    """The most probable label, and the probabilities: the link of the mean of beta_k z_k."""
    betas = [temperature.beta for temperature in target.temperatures]
    betas = betas * len(logits) if len(betas) == 1 else betas
    mean = _mean([z * beta for z, beta in zip(logits, betas, strict=True)])
    if target.labels.multilabel:
        proba = mean.sigmoid()
        chosen = (proba > 0.5).cast(INT64)
        return [Output("label", chosen), Output("probabilities", proba)]
    proba = softmax(mean)
    label = proba.row_argmax().rows_of(_labels(target.labels.classes))
    return [Output("label", label, is_flat=True), Output("probabilities", proba)]


def _labels(classes: np.ndarray) -> Value:
    """The classes one below the other."""
    kinds = {"b": BOOL, "i": INT64, "u": INT64, "f": FLOAT64}
    return constant(classes[:, None], kinds.get(classes.dtype.kind, TEXT))


def _of_numbers(target: NumberTarget, outputs: list[Value]) -> list[Output]:
    """The mean of the networks' predictions, each in y's units, within its range and ascending."""
    predictions = []
    for output in outputs:
        numbers = output * target.scale.std + target.scale.mean
        if np.isfinite(target.low).any():
            numbers = numbers.maximum(as_value(target.low, FLOAT64))
        if np.isfinite(target.high).any():
            numbers = numbers.minimum(as_value(target.high, FLOAT64))
        is_several = len(target.loss.quantiles) > 1
        predictions.append(numbers.row_sort() if is_several else numbers)
    is_flat = target.vector and target.n_outputs == 1
    return [Output("prediction", _mean(predictions), is_flat=is_flat)]


def _mean(values: list[Value]) -> Value:
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total / float(len(values))


def expected(
    target: ClassTarget | NumberTarget, outputs: list[np.ndarray]
) -> dict[str, np.ndarray]:
    """The model's own answers, under the names of an export's outputs."""
    answers = target.decode(outputs)
    if isinstance(target, NumberTarget):
        return {"prediction": answers}
    return {"label": target.labels.decode(answers), "probabilities": answers}


class Exports:
    """The exports of a fitted Tabular model."""

    encoder_: Encoder
    spec_: NetworkSpec
    members_: list[Member]
    _target: ClassTarget | NumberTarget

    def to_onnx(self, path: str | os.PathLike[str] | None = None, X: Any = None) -> Any:
        """The model as an ONNX file: its encoder, networks, calibration and classes.

        Every column that the model uses is an input of shape (rows, 1): numbers as float64 with NaN
        where missing, dates as days since 1970, categories as texts, of which any that training
        did not meet counts as missing. Outputs are "label" and "probabilities", or "prediction".
        Where onnxruntime is installed the file is run on trial rows, and on X, and compared.

        Parameters
        ----------
        path : str or path, optional
            The file to write.
        X : data frame, mapping of arrays, array or list, optional
            Rows to verify the file on, beside the trial rows.

        Returns
        -------
        onnx.ModelProto
            With "classes", "columns", "chainrule" (the version) and, where it was verified,
            "verified" among its `metadata_props`, all as JSON.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError
            Where onnx is not installed; naming a column that ONNX cannot encode (free text, hashed
            categories); and where the file answers otherwise than the model, which is then not
            written.
        """
        description = self._described()
        model = to_onnx(description)
        runtime = runtime_name()
        if runtime is not None:
            names = [output.name for output in description.outputs]

            def run(rows: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
                return dict(zip(names, run_onnx(model, rows).values(), strict=True))

            known = self._verified(description, runtime, X, run)
            entry = model.metadata_props.add()
            entry.key, entry.value = "verified", json.dumps(known.to_json())
        if path is not None:
            write_atomically(path, model.SerializeToString())
        return model

    def to_numpy_source(self, path: str | os.PathLike[str] | None = None, X: Any = None) -> str:
        """The model as one Python file that needs NumPy alone, and can be read.

        It has `predict(table)` and `predict_proba(table)`, where a table is a mapping of column
        name to values. It is run on trial rows, and on X, and compared with the model.

        Parameters
        ----------
        path : str or path, optional
            The file to write.
        X : data frame, mapping of arrays, array or list, optional
            Rows to verify the file on, beside the trial rows.

        Returns
        -------
        str
            The text of the file; its last line says how it was verified.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError
            Naming a column of free text, and where the file answers otherwise than the model, which
            is then not written.
        """
        description = self._described()
        name = "model" if path is None else os.path.splitext(os.path.basename(path))[0]
        source = to_numpy_source(description, name if name.isidentifier() else "model")
        by = f"numpy {np.__version__}"
        known = self._verified(description, by, X, lambda rows: run_numpy(source, rows))
        source += f"\nVERIFIED = {known.to_json()!r}\n"
        if path is not None:
            write_atomically(path, source.encode())
        return source

    def _described(self) -> Description:
        check_is_fitted(self)
        members = [member.params for member in self.members_]
        return description_of(self.encoder_, self.spec_, members, self._target)

    def _verified(
        self,
        description: Description,
        runtime: str,
        X: Any,
        run: Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]],
    ) -> Agreement:
        """How the export agrees with the model on trial rows and on X."""
        tables = [trial_table(self.encoder_)] + ([] if X is None else [as_table(X)])
        found = []
        for table in tables:
            inputs, _ = self.encoder_.transform(table, description.dtype)
            logits = self._target.reads_logits
            outputs = [
                engine.predict(self.spec_, member.params, inputs, logits=logits)
                for member in self.members_
            ]
            right = expected(self._target, outputs)
            answers = run(feed(self.encoder_, table))
            found.append(agreement(answers, right, description.scale, runtime))
        return Agreement(
            sum(part.n_rows for part in found), max(part.difference for part in found), runtime
        )
