"""Looking into the drop-in estimators: their network, its gradients checked, a diagnosis."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from chainrule.estimators.mlp.stochastic import solver_optimizer
from chainrule.files import ModelRecord
from chainrule.network import Network
from chainrule.spec import History, NetworkSpec, TrainingSpec

if TYPE_CHECKING:
    from chainrule.explain.findings import Diagnosis
    from chainrule.explain.verify import GradientCheck

Array = np.ndarray


class MLPInspection(ABC):
    """What `MLPClassifier` and `MLPRegressor` have beside scikit-learn's methods."""

    solver: str
    alpha: float
    batch_size: Any
    learning_rate_init: float
    coefs_: list[Array]

    @abstractmethod
    def _spec(self) -> NetworkSpec:
        """The network of `coefs_`."""

    @abstractmethod
    def _params(self) -> dict[str, Array]:
        """The engine's parameters."""

    @abstractmethod
    def _rows(self, X: Any, y: Any) -> tuple[Array, Array]:
        """X and y as the engine takes them."""

    @property
    def network_(self) -> Network:
        """The trained network, a copy, with `explain`, `trace` and the rest of its methods.

        It takes y as the engine does: class numbers, 0/1 columns, or numbers. Its step is the plain
        one, with l2 = alpha / rows of a batch and Adam's epsilon added to the corrected root.
        """
        check_is_fitted(self)
        record = ModelRecord("network", self._spec(), self._step(), self._params(), self._course())
        return Network.from_record(record)

    def check_gradients(self, X: Any, y: Any, sample_weight: Any = None) -> GradientCheck:
        """Compare every gradient of the network on these rows with an independent computation.

        Parameters
        ----------
        X, y, sample_weight
            Rows as for `fit`.

        Returns
        -------
        GradientCheck
            `.ok`, `.worst`, and per tensor the largest relative error.
        """
        network = self.network_
        return network.check_gradients(*self._rows(X, y), sample_weight=sample_weight)

    def diagnose(self, X: Any, y: Any, sample_weight: Any = None) -> Diagnosis:
        """What went badly in training, with numbers and remedies (in the words of `Network`).

        Parameters
        ----------
        X, y, sample_weight
            Rows as for `fit`, best those of training.

        Returns
        -------
        Diagnosis
            A sequence of findings; when it is empty it says what was checked.
        """
        network = self.network_
        return network.diagnose(*self._rows(X, y), sample_weight=sample_weight)

    def _step(self) -> TrainingSpec | None:
        if self.solver == "lbfgs":
            return None
        rows = 200 if isinstance(self.batch_size, str) else int(self.batch_size)
        return TrainingSpec(
            optimizer=solver_optimizer(self),
            learning_rate=float(self.learning_rate_init),
            batch_size=rows,
            l2=float(self.alpha) / rows,
        )

    def _course(self) -> History | None:
        loss = getattr(self, "loss_curve_", None)
        if loss is None:
            return None
        return History(list(loss), list(getattr(self, "validation_loss_curve_", None) or []))
