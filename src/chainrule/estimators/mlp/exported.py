"""The drop-in estimators as array operations, for their exports."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from chainrule import engine
from chainrule.errors import DataError
from chainrule.export.description import Description, Output, output_of, refuse_coverage
from chainrule.export.labels import label_table
from chainrule.export.matrix import describe_matrix, trial_matrix
from chainrule.export.values import INT64, Value, as_value, concatenate
from chainrule.network.exports import MatrixExports
from chainrule.spec import NetworkSpec

Array = np.ndarray


class MLPExports(MatrixExports):
    """`to_onnx`, `to_numpy_source` and `to_c` of `MLPClassifier` and `MLPRegressor`."""

    @property
    @abstractmethod
    def spec_(self) -> NetworkSpec:
        """The network of `coefs_`."""

    @abstractmethod
    def _params(self, dtype: Any = None) -> dict[str, Array]:
        """The engine's parameters."""

    @abstractmethod
    def _decode(self, encoded: Array) -> Array:
        """Predictions from outputs."""

    def _described(self, coverage: float | None, dtype: str | None) -> Description:
        check_is_fitted(self)
        refuse_coverage(coverage)
        params = self._params(dtype)
        answer = output_of(0, str(params["W1"].dtype), self.spec_.n_outputs)
        classes: Array | None = getattr(self, "classes_", None)
        if classes is None:
            is_flat = answer.width == 1
            return describe_matrix(
                self.spec_, params, [Output("prediction", answer, is_flat=is_flat)]
            )
        outputs = _of_classes(answer, classes, self.spec_.loss.name)
        return describe_matrix(self.spec_, params, outputs, classes=classes.tolist())

    def _tried(
        self, described: Description, coverage: float | None, X: Any
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        rows = trial_matrix(self.spec_, described.dtype) if X is None else X
        rows = np.asarray(rows, described.dtype)
        answers = engine.predict(self.spec_, described.members[0], rows)
        decoded = self._decode(answers)
        if not hasattr(self, "classes_"):
            return {"X": rows}, {"prediction": decoded}
        proba = np.hstack([1 - answers, answers]) if answers.shape[1] == 1 else answers
        return {"X": rows}, {"label": decoded, "probabilities": proba}


def _of_classes(answer: Value, classes: Array, loss: str) -> list[Output]:
    """The label and the probabilities of one class a row, or of several labels."""
    if answer.width == 1 and len(classes) == 2:
        proba = concatenate([as_value(1.0, answer.dtype) - answer, answer])
        chosen = (answer > 0.5).cast(INT64)
    elif answer.width == len(classes) > 1:
        proba, chosen = answer, answer.row_argmax()
        if loss != "cross_entropy":
            return [Output("label", (answer > 0.5).cast(INT64)), Output("probabilities", proba)]
    else:
        raise DataError("the model knows a single class, so that there is nothing to export.")
    label = chosen.rows_of(label_table(classes))
    return [Output("label", label, is_flat=True), Output("probabilities", proba)]
