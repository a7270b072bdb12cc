"""How good answers are: the metrics that the command line, the estimators and the detectors share.

Every function takes (truth, answers, weights), rows first, and means over the rows by weight; None
weighs all rows alike. The numbers are those of the functions of the same meaning in
`sklearn.metrics`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chainrule.metrics.given import Array, Weights
from chainrule.metrics.of_classes import (
    accuracy,
    balanced_accuracy,
    balanced_error,
    brier,
    confusion,
    f1,
    log_loss,
    of_each_class,
    precision,
    recall,
)
from chainrule.metrics.of_numbers import (
    huber,
    mae,
    mape,
    poisson_deviance,
    quantile_d2,
    quantile_loss,
    r2,
    rmse,
)
from chainrule.metrics.of_ranking import auc, average_precision

__all__ = [
    "OF_CLASSES", "OF_LABELS", "OF_NUMBERS", "Array", "Metric", "Weights", "accuracy", "auc",
    "average_precision", "balanced_accuracy", "balanced_error", "brier", "confusion", "f1", "huber",
    "log_loss", "mae", "mape", "of_each_class", "poisson_deviance", "precision", "quantile_d2",
    "quantile_loss", "r2", "recall", "rmse",
]  # fmt: skip


@dataclass(frozen=True)
class Metric:
    """A metric by name.

    Attributes
    ----------
    of : callable
        (truth, answers, weights) -> float.
    greater_is_better : bool
    """

    of: Callable[[Array, Array, Weights], float]
    greater_is_better: bool = False

    def error(self, truth: Array, answers: Array, weights: Weights = None) -> float:
        """The same such that lower is better: 1 - the metric where greater is.

        Parameters
        ----------
        truth : array
            As the metric takes it.
        answers : array
            As the metric takes them.
        weights : array (n_samples,), optional
            Default: 1 for every row.

        Returns
        -------
        float
        """
        value = self.of(truth, answers, weights)
        return 1.0 - value if self.greater_is_better else value


# In the order in which they are shown.
OF_CLASSES: Mapping[str, Metric] = {
    "accuracy": Metric(accuracy, greater_is_better=True),
    "balanced_accuracy": Metric(balanced_accuracy, greater_is_better=True),
    "log_loss": Metric(log_loss),
    "brier": Metric(brier),
    "auc": Metric(auc, greater_is_better=True),
    "average_precision": Metric(average_precision, greater_is_better=True),
    "f1": Metric(f1, greater_is_better=True),
    "precision": Metric(precision, greater_is_better=True),
    "recall": Metric(recall, greater_is_better=True),
}
# Those that look at the answered class alone, which a threshold moves.
OF_LABELS = ("accuracy", "balanced_accuracy", "f1", "precision", "recall")
OF_NUMBERS: Mapping[str, Metric] = {
    "rmse": Metric(rmse),
    "r2": Metric(r2, greater_is_better=True),
    "mae": Metric(mae),
    "mape": Metric(mape),
    "huber": Metric(huber),
    "poisson_deviance": Metric(poisson_deviance),
}
