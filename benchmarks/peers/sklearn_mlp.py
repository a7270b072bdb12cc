"""scikit-learn's MLPClassifier and MLPRegressor on float32 input."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

from benchmarks.cases import Array, Case
from benchmarks.peers.system import System


class _Started:
    """Starts from given weights."""

    start: list[tuple[Array, Array]]
    layer = 0

    def _init_coef(self, fan_in: int, fan_out: int, dtype: Any) -> tuple[Array, Array]:
        W, b = self.start[self.layer]
        self.layer += 1
        return W.T.copy(), b.copy()


class _Classifier(_Started, MLPClassifier):
    """Two classes get two softmax outputs too, as every other system's network has."""

    def _validate_input(self, X: Any, y: Any, incremental: bool, reset: bool) -> Any:
        X, y = super()._validate_input(X, y, incremental, reset)
        return X, np.hstack([1 - y, y]) if y.shape[1] == 1 else y

    def _initialize(self, y: Array, layer_units: list[int], dtype: Any) -> None:
        super()._initialize(y, layer_units, dtype)
        self.out_activation_ = "softmax"


class _Regressor(_Started, MLPRegressor):
    pass


class ScikitLearn(System):
    shuffle = False

    def __init__(self, case: Case, threads: int) -> None:
        super().__init__(case, threads)
        self.X, self.y = case.data()
        if case.task == "numbers" and self.y.shape[1] == 1:
            self.y = self.y.ravel()

    def reset(self) -> None:
        pass

    def train(self, epochs: int) -> None:
        self._fit(epochs)

    def predictor(self) -> Callable[[Array], Any]:
        model = self._fit(1)
        return model.predict_proba if self.case.task == "classes" else model.predict

    def losses(self, epochs: int) -> list[float]:
        return [float(loss) for loss in self._fit(epochs).loss_curve_]

    def _fit(self, epochs: int) -> Any:
        case = self.case
        kind = _Classifier if case.task == "classes" else _Regressor
        model = kind(
            hidden_layer_sizes=case.sizes[1:-1],
            activation=case.activation,
            solver=case.optimizer,
            alpha=0.0,
            batch_size=case.batch,
            learning_rate_init=case.learning_rate,
            max_iter=epochs,
            shuffle=self.shuffle,
            random_state=0,
            tol=0.0,
            n_iter_no_change=epochs + 1,
            momentum=0.0,
            # Added before the bias correction here, after it elsewhere: so small, neither shows.
            epsilon=1e-10,
        )
        model.start = case.start()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(self.X, self.y)
        return model


class Shuffled(ScikitLearn):
    """As by default."""

    shuffle = True


SYSTEMS = {"scikit-learn": ScikitLearn, "scikit-learn, shuffled": Shuffled}
