"""The labels of `MLPClassifier`: class indices for the engine, and labels from its outputs."""

from __future__ import annotations

from numbers import Number
from typing import Any

import numpy as np
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import type_of_target, unique_labels

from chainrule.errors import DataError, warn_caller
from chainrule.estimators.mlp.base import BaseMLP
from chainrule.estimators.saved import classes_from_json, classes_to_json
from chainrule.estimators.weights import class_weights
from chainrule.real_numbers import check_real
from chainrule.spec import NetworkSpec
from chainrule.table.classes import one_hot_notice, whole_labels

Array = np.ndarray


class LabelledMLP(BaseMLP):
    """What `MLPClassifier` knows of y; see there."""

    class_weight: Any
    classes_: Array

    def _validate_input(self, X: Any, y: Any, incremental: bool, reset: bool) -> tuple[Any, Array]:
        X, y = self._validated(
            X,
            _with_all_digits(y),
            multi_output=True,
            dtype=(np.float64, np.float32),
            reset=reset,
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        _check_label_types(y)
        if not hasattr(self, "classes_") or not (self.warm_start or incremental):
            if told := one_hot_notice(y, "pass np.asarray(y).argmax(axis=1)"):
                warn_caller(told)
            self._label_binarizer = LabelBinarizer().fit(y)
            self.classes_ = self._label_binarizer.classes_
            return X, self._encode(y)
        classes = unique_labels(y)
        if self.warm_start and set(classes) != set(self.classes_):
            raise DataError(
                "warm_start can only be used where `y` has the same classes as in the previous "
                f"call to fit. Previously got {self.classes_}, `y` has {classes}"
            )
        if len(np.setdiff1d(classes, self.classes_)):
            raise DataError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes_}. "
                f"'y' has {classes}."
            )
        return X, self._encode(y)

    def _check_classes(self, y: Any, classes: Any) -> None:
        if classes is None and not hasattr(self, "classes_"):
            raise DataError("classes must be passed on the first call to partial_fit.")
        if classes is None:
            return
        classes = _with_all_digits(classes)
        check_real(classes, "classes", text=True)
        if not hasattr(self, "classes_"):
            several = type_of_target(_with_all_digits(y)).startswith("multilabel")
            self._label_binarizer = LabelBinarizer().fit(y if several else classes)
            self.classes_ = self._label_binarizer.classes_
        elif not np.array_equal(self.classes_, unique_labels(classes)):
            raise DataError(
                f"classes={classes!r} is not the same as on the last call to partial_fit, "
                f"{self.classes_!r}."
            )

    def _encode(self, y: Any) -> Array:
        """Class indices (n,) of several classes, else bool (n, n_outputs)."""
        y = np.asarray(y)
        unseen = np.setdiff1d(unique_labels(y), self.classes_)
        if len(unseen):
            raise DataError(f"y has the class {unseen.tolist()[0]!r}, which training has not seen.")
        if self._label_binarizer.y_type_ == "multiclass":
            codes: Array = np.searchsorted(self.classes_, y).astype(np.int32)
            return codes
        indicators: Array = self._label_binarizer.transform(y).astype(bool)
        return indicators

    def _decode(self, encoded: Array) -> Array:
        labels: Array
        if self.out_activation_ == "softmax":
            codes = encoded if encoded.ndim == 1 else encoded.argmax(axis=1)
            labels = self.classes_[codes]
        elif self.n_outputs_ == 1 and len(self.classes_) == 2:
            labels = self.classes_[(encoded[:, 0] > 0.5).astype(np.intp)]
        else:  # several labels, or a single class
            outputs = encoded.ravel() if self.n_outputs_ == 1 else encoded
            labels = self._label_binarizer.inverse_transform(outputs.astype(float, copy=False))
        return labels

    def _output(self) -> tuple[int, str]:
        if self._label_binarizer.y_type_ == "multiclass":
            return len(self.classes_), "softmax"
        several = self._label_binarizer.y_type_.startswith("multilabel")
        return len(self.classes_) if several else 1, "logistic"

    def _row_weights(self, y: Array, weights: Array | None, training: bool) -> Array | None:
        if self.class_weight is None:
            return weights
        if y.ndim == 2 and y.shape[1] > 1:
            raise DataError("class_weight is for one label a row; use sample_weight.")
        codes = y if y.ndim == 1 else y[:, 0].astype(np.intp)
        if training:
            self._factors = class_weights(self.class_weight, self.classes_, codes, weights)
        if self._factors is None:
            return weights
        of_rows: Array = np.multiply(self._factors[codes], 1.0 if weights is None else weights)
        return of_rows

    def _strata(self, y: Array) -> Array | None:
        """The two classes; as in scikit-learn, more classes or labels are split at random."""
        return y[:, 0].astype(str) if y.ndim == 2 and y.shape[1] == 1 else None

    def _target_to_json(self) -> dict[str, Any]:
        several = self._label_binarizer.y_type_.startswith("multilabel")
        return {**classes_to_json(self.classes_), "multilabel": several}

    def _set_target(self, form: Any, spec: NetworkSpec) -> None:
        classes = classes_from_json(form)
        y = np.zeros((2, len(classes)), np.int64) if form["multilabel"] is True else classes
        self._label_binarizer = LabelBinarizer().fit(y)
        self.classes_ = self._label_binarizer.classes_


def _with_all_digits(labels: Any) -> Any:
    """Whole numbers in a list, or an array of objects, as such; NumPy makes floats of 1 and 2^63.

    Anything else as it is.
    """
    of_objects = type(labels) is np.ndarray and labels.dtype == object
    if not of_objects and not isinstance(labels, list | tuple):
        return labels
    try:
        found = np.array(labels, dtype=object)
    except ValueError:  # rows of different lengths, which the validation refuses
        return labels
    types = set(map(type, found.ravel()))
    if not types or not all(issubclass(t, int | np.integer) and t is not bool for t in types):
        return labels
    return whole_labels(found)


def _check_label_types(y: Array) -> None:
    """Labels are sorted, so those of an object array must be of one kind."""
    if type(y) is np.ndarray and y.dtype.kind == "f" and (np.abs(y) >= 2.0**63).any():
        raise DataError(
            "Unknown label type: y holds floats from 2^63 on, which 64 bits do not hold as whole "
            "numbers; pass whole numbers as np.uint64, or labels of such length as text."
        )
    if y.dtype.kind != "O":
        return
    types = set(map(type, y.ravel()))
    if not any(all(issubclass(t, kind) for t in types) for kind in (str, Number | np.bool_)):
        found = ", ".join(sorted(t.__name__ for t in types))
        raise DataError(f"y mixes or holds labels of type {found}; use text or numbers alone.")
