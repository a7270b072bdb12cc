"""How a diagnosis says its fixes to an estimator: in the constructor's own arguments."""

from __future__ import annotations

from typing import Any

from chainrule.explain.diagnosis.words import Words, data_words

# A setting of `Network` and its `fit` -> the argument of the drop-in.
_MLP = {
    "learning_rate": "learning_rate_init",
    "epochs": "max_iter",
    "batch_size": "batch_size",
    "l2": "alpha",
    "activation": "activation",
    "hidden": "hidden_layer_sizes",
    "dropout": "dropout",
    "shuffle": "shuffle",
    "random_state": "random_state",
    "early_stopping": "early_stopping",
    "tol": "tol",
    "momentum": "momentum",
}
_OF_SGD_AND_ADAM = ("learning_rate", "batch_size", "dropout", "shuffle", "early_stopping")
_TABULAR = {
    "learning_rate": "learning_rate",
    "epochs": "epochs",
    "batch_size": "batch_size",
    "hidden": "hidden_layer_sizes",
    "dropout": "dropout",
    "init": "init",
    "patience": "patience",
    "time_limit": "time_limit",
    "random_state": "random_state",
}
# The recipe prepares inputs and target itself, and its starting weights have a scheme of their own.
_DONE_INSIDE = ("standardise_inputs", "standardise_target")


def words_of_mlp(model: Any, X: Any) -> Words:
    """Those of `MLPClassifier` and `MLPRegressor`."""
    name = type(model).__name__
    known = {
        setting: (name, argument)
        for setting, argument in _MLP.items()
        if model.solver != "lbfgs" or setting not in _OF_SGD_AND_ADAM
    }
    known |= _common(model, "MLPClassifier")
    data = data_words(X)
    splits = bool(model.early_stopping)
    return Words(known, data, splits=splits)


def words_of_tabular(model: Any, X: Any, usual_rate: float | None) -> Words:
    """Those of `TabularClassifier` and `TabularRegressor`."""
    name = type(model).__name__
    known = {setting: (name, argument) for setting, argument in _TABULAR.items()}
    known |= _common(model, "TabularClassifier")
    data = {key: code for key, code in data_words(X).items() if key not in _DONE_INSIDE}
    return Words(known, data, usual_rate, splits=True)


def _common(model: Any, classifier: str) -> dict[str, tuple[str, str]]:
    """What both families have: weights of rows and classes, and a classifier beside."""
    name = type(model).__name__
    known = {"sample_weight": ("fit", "sample_weight")}
    if name == classifier:
        known["class_weight"] = (name, "class_weight")
    else:
        known["classifier"] = (classifier, "")
    return known
