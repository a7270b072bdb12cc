"""The drop-ins as scikit-learn's own estimators, and back, weights included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from chainrule.errors import DataError
from chainrule.estimators.mlp.arguments import hidden_activations

if TYPE_CHECKING:
    from chainrule.estimators.mlp import MLPClassifier, MLPRegressor

# scikit-learn's activations, by the names here.
_ACTIVATIONS = {"identity": "identity", "sigmoid": "logistic", "tanh": "tanh", "relu": "relu"}
_FITTED = (
    *("coefs_", "intercepts_", "n_features_in_", "feature_names_in_", "n_layers_", "n_outputs_"),
    *("out_activation_", "classes_", "_label_binarizer", "n_iter_", "t_", "loss_", "loss_curve_"),
    *("best_loss_", "validation_scores_", "best_validation_score_"),
)


class AsScikitLearn:
    """`to_sklearn` of `MLPClassifier` and `MLPRegressor`."""

    def to_sklearn(self) -> Any:
        """The fitted model as scikit-learn's own, for programs that know that one alone.

        Returns
        -------
        sklearn.neural_network.MLPClassifier or MLPRegressor
            With the same parameters, weights and predictions.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError
            Naming the activation or loss that scikit-learn does not have.
        """
        from sklearn import neural_network

        check_is_fitted(self)
        model: Any = self
        made = getattr(neural_network, _kind(model))()
        shared = {name: model.get_params()[name] for name in made.get_params()}
        names = {_ACTIVATIONS.get(name, name) for name in _hidden(model)}
        unknown = sorted(names - set(_ACTIVATIONS.values()))
        if unknown:
            raise DataError(f"scikit-learn has no activation {unknown[0]!r}.")
        if len(names) > 1:
            raise DataError("scikit-learn has one activation for all hidden layers.")
        shared["activation"] = names.pop() if names else "relu"
        if getattr(model, "loss", "squared_error") not in ("squared_error", shared.get("loss")):
            raise DataError(f"this scikit-learn has no loss {model.loss!r}.")
        made.set_params(**shared)
        _copy(model, made)
        return made


def from_sklearn(model: Any) -> MLPClassifier | MLPRegressor:
    """A drop-in from scikit-learn's fitted `MLPClassifier` or `MLPRegressor`.

    Parameters
    ----------
    model : sklearn.neural_network.MLPClassifier or MLPRegressor

    Returns
    -------
    MLPClassifier or MLPRegressor
        With the same parameters, weights and predictions; a further `fit` begins anew unless
        `warm_start` is set.

    Raises
    ------
    NotFittedError
        Before `fit`.
    DataError
        For any other object, by its type.
    """
    from chainrule.estimators import mlp

    if type(model).__module__.split(".")[0] != "sklearn" or _kind(model) == "":
        raise DataError(
            "from_sklearn takes scikit-learn's MLPClassifier or MLPRegressor, found "
            f"{type(model).__name__}."
        )
    check_is_fitted(model)
    made = getattr(mlp, _kind(model))(**model.get_params())
    _copy(model, made)
    made.training_ = None
    if made.solver != "lbfgs":
        made.validation_loss_curve_ = None
    return made  # type: ignore[no-any-return]


def _kind(model: Any) -> str:
    return next((c.__name__ for c in type(model).__mro__ if c.__name__ in _KINDS), "")


_KINDS = ("MLPClassifier", "MLPRegressor")


def _hidden(model: Any) -> list[str]:
    return [str(name) for name in hidden_activations(model.activation, len(model.coefs_) - 1)]


def _copy(source: Any, to: Any) -> None:
    for name in _FITTED:
        if hasattr(source, name):
            value = getattr(source, name)
            if isinstance(value, list):
                value = [np.array(part) if isinstance(part, np.ndarray) else part for part in value]
            setattr(to, name, value)
