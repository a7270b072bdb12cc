"""The estimators for raw tables: a recipe trains, the preprocessing is part of the model."""

from chainrule.estimators.tabular.classifier import TabularClassifier
from chainrule.estimators.tabular.regressor import TabularRegressor

__all__ = ["TabularClassifier", "TabularRegressor"]
