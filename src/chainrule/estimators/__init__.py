"""The faces for somebody with a table: estimators with scikit-learn's interface.

`load.py` makes them from a model file. Names resolve when they are first used, so that a `Network`
is loaded without importing scikit-learn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chainrule.estimators.tabular import TabularClassifier, TabularRegressor

__all__ = ["TabularClassifier", "TabularRegressor"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from chainrule.estimators import tabular

        return getattr(tabular, name)
    raise AttributeError(f"module 'chainrule.estimators' has no attribute '{name}'")
