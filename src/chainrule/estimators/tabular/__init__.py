"""The estimators for raw tables: a recipe trains, the preprocessing is part of the model.

Names resolve when they are first used, so that answers need no scikit-learn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chainrule.estimators.tabular.classifier import TabularClassifier
    from chainrule.estimators.tabular.regressor import TabularRegressor

__all__ = ["TabularClassifier", "TabularRegressor"]


def __getattr__(name: str) -> Any:
    if name == "TabularClassifier":
        from chainrule.estimators.tabular.classifier import TabularClassifier

        return TabularClassifier
    if name == "TabularRegressor":
        from chainrule.estimators.tabular.regressor import TabularRegressor

        return TabularRegressor
    raise AttributeError(f"module 'chainrule.estimators.tabular' has no attribute '{name}'")
