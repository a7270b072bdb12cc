"""What the drop-in estimators have beside scikit-learn's: their network, checks, a file."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from chainrule.errors import SpecError
from chainrule.estimators.mlp.record import restore, to_record
from chainrule.estimators.mlp.stochastic import Optimizer
from chainrule.estimators.names import class_names
from chainrule.estimators.saved import arguments_from_json
from chainrule.estimators.weights import read_weights
from chainrule.estimators.words import words_of_mlp
from chainrule.explain.derivation.names import Names
from chainrule.explain.diagnosis.diagnose import Context, diagnose
from chainrule.files import ModelRecord, save_model
from chainrule.network.network import Network
from chainrule.spec import History, NetworkSpec, TrainingSpec

if TYPE_CHECKING:
    from chainrule.explain.check.verify import GradientCheck
    from chainrule.explain.diagnosis.findings import Diagnosis

Array = np.ndarray


class MLPInspection(ABC):
    """What `MLPClassifier` and `MLPRegressor` have beside scikit-learn's methods; see there."""

    _kind: ClassVar[str]
    alpha: float
    training_: TrainingSpec | None
    _optimizer: Optimizer

    @property
    @abstractmethod
    def spec_(self) -> NetworkSpec:
        """The network of `coefs_`, with the dropout of training."""

    @abstractmethod
    def _params(self) -> dict[str, Array]:
        """The engine's parameters."""

    @abstractmethod
    def _rows(self, X: Any, y: Any) -> tuple[Array, Array]:
        """X and y as the engine takes them."""

    @abstractmethod
    def _row_weights(self, y: Array, weights: Array | None, training: bool) -> Array | None:
        """Sample weights times what else, as `training` found, weighs a row."""

    @abstractmethod
    def _target_to_json(self) -> dict[str, Any]:
        """What is known of y."""

    @abstractmethod
    def _set_target(self, form: Any, spec: NetworkSpec) -> None:
        """The same from a file, with the network that it belongs to."""

    def _notebook_html(self) -> str:
        if not hasattr(self, "coefs_"):
            return ""
        return self.network_._repr_html_()

    @property
    def n_members_(self) -> int:
        """How many networks answer: one."""
        check_is_fitted(self)
        return 1

    @property
    def network_(self) -> Network:
        """The trained network, a copy: `member(0)`."""
        return self.member(0)

    def member(self, member: int) -> Network:
        """The trained network, a copy, with `explain`, `trace` and the rest of its methods.

        It takes y as the engine does: class numbers, 0/1 columns, or numbers. Its step is the plain
        one, with l2 = alpha / rows of a batch and Adam's epsilon added to the corrected root.

        Parameters
        ----------
        member : int
            0, as there is one network.

        Returns
        -------
        Network

        Raises
        ------
        NotFittedError
            Before `fit`.
        SpecError
            For any other number.
        """
        check_is_fitted(self)
        if not isinstance(member, int) or isinstance(member, bool) or member != 0:
            raise SpecError(
                f"member {member!r} does not exist; this model has one network, member 0."
            )
        params = {name: array.copy() for name, array in self._params().items()}
        record = ModelRecord("network", self.spec_, self.training_, params, self._course())
        if hasattr(self, "_optimizer"):
            record.state = deepcopy(self._optimizer.state)
        network = Network.from_record(record)
        inputs = getattr(self, "feature_names_in_", ())
        classes = getattr(self, "classes_", np.empty(0))
        outputs = class_names(classes) if len(classes) == self.spec_.n_outputs else ()
        network.names = Names(self.spec_, tuple(inputs), outputs)
        return network

    def check_gradients(self, X: Any, y: Any, sample_weight: Any = None) -> GradientCheck:
        """Compare every gradient on these rows with the complex step and central differences.

        See `Network.check_gradients`.

        Parameters
        ----------
        X, y : rows and targets
            As for `fit`.
        sample_weight : array of shape (n_samples,), optional
            At least 0. Default: 1 for every row.

        Returns
        -------
        GradientCheck
            `.ok` unless something is wrong; `.verdict` is "ok", "too small" (to be checked) or
            "wrong"; `.worst`, and the error of each parameter. Prints as a table.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError, ValueError
            Naming what cannot be used in the rows.
        """
        network = self.network_
        network._weighted = getattr(self, "_weighted", False)
        return network.check_gradients(*self._rows(X, y), sample_weight=sample_weight)

    def diagnose(
        self, X: Any, y: Any, sample_weight: Any = None, *, eval_set: Any = None
    ) -> Diagnosis:
        """What went badly in training, with numbers and remedies.

        Parameters
        ----------
        X, y : rows and targets
            As for `fit`, best those of training.
        sample_weight : array of shape (n_samples,), optional
            At least 0. Default: 1 for every row.
        eval_set : pair (X, y), optional
            The validation rows of `fit`, to compare them with those of training.

        Returns
        -------
        Diagnosis
            A sequence of findings, the likeliest cause first, each with a fix in this estimator's
            arguments; when it is empty it says what was checked.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError, ValueError
            Naming what cannot be used in the rows.
        """
        network = self.network_
        classes = getattr(self, "classes_", np.empty(0))
        inputs, encoded = self._rows(X, y)
        weights = read_weights(sample_weight, len(encoded), "sample_weight")
        if getattr(self, "_factors", None) is not None:  # class_weight of this fit
            weights = self._row_weights(encoded, weights, False)
        return diagnose(
            network.spec,
            network.params,
            inputs,
            encoded,
            self.training_,
            network.history,
            sample_weight=weights,
            eval_set=None if eval_set is None else self._rows(*eval_set),
            state=network._state_for(self.training_) if self.training_ else None,
            context=Context(
                words=words_of_mlp(self, X),
                names=network.names,
                classes=[str(label) for label in classes.tolist()],
                answers=np.asarray(y),
            ),
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to one file; `chainrule.load` gives it back, bit for bit.

        `partial_fit` and a warm start go on from the loaded model as from this one. Arguments that
        are no plain values are left out: a metric that is a function, a generator of numbers.

        Parameters
        ----------
        path : str or path
            A file that is there is replaced once the new one is whole.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ModelFileError
            Where the file cannot be written, or a parameter is not finite.
        """
        save_model(path, self.to_record())

    def to_record(self) -> ModelRecord:
        """What a model file holds of this estimator.

        Returns
        -------
        ModelRecord

        Raises
        ------
        NotFittedError
            Before `fit`.
        """
        check_is_fitted(self)
        return to_record(self, self._kind, self._target_to_json())

    @classmethod
    def from_record(cls, record: ModelRecord) -> Self:
        """The estimator that a model file describes.

        Parameters
        ----------
        record : ModelRecord
            As `to_record` makes it.

        Returns
        -------
        MLPClassifier or MLPRegressor

        Raises
        ------
        ModelFileError
            Where the entries are not those of such a model.
        """
        extra = record.extra
        model = cls(**arguments_from_json(extra["arguments"]))
        model._set_target(extra["target"], record.spec)
        restore(model, record)
        return model

    def _course(self) -> History | None:
        loss = getattr(self, "loss_curve_", None)
        if loss is None:
            return None
        return History(list(loss), list(getattr(self, "validation_loss_curve_", None) or []))
