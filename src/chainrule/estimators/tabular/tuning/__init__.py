"""Search for better settings of a Tabular estimator."""

from chainrule.estimators.tabular.tuning.trials import Trial
from chainrule.estimators.tabular.tuning.tune import tune
from chainrule.estimators.tabular.tuning.tuning import Checked, Tuning

__all__ = ["Checked", "Trial", "Tuning", "tune"]
