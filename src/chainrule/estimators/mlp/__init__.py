"""The drop-in estimators: scikit-learn's MLP by one other import."""

from chainrule.estimators.mlp.classifier import MLPClassifier
from chainrule.estimators.mlp.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
