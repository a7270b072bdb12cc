"""Search for better settings of a Tabular estimator."""

from chainrule.estimators.tabular.tuning.found import Checked, Tuning
from chainrule.estimators.tabular.tuning.search import tune
from chainrule.estimators.tabular.tuning.trials import Trial

__all__ = ["Checked", "Trial", "Tuning", "tune"]
