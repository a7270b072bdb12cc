"""chainrule: feed-forward neural networks trained by backpropagation, fast, strong and open.

Names are resolved on first use (PEP 562), so that `import chainrule` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from chainrule._version import __version__ as __version__

if TYPE_CHECKING:
    from chainrule.errors import ChainruleError as ChainruleError
    from chainrule.estimators.load import load as load
    from chainrule.estimators.mlp import MLPClassifier as MLPClassifier
    from chainrule.estimators.mlp import MLPRegressor as MLPRegressor
    from chainrule.estimators.mlp.scikit_learn import from_sklearn as from_sklearn
    from chainrule.estimators.tabular import TabularClassifier as TabularClassifier
    from chainrule.estimators.tabular import TabularRegressor as TabularRegressor
    from chainrule.estimators.tabular.tuning import tune as tune
    from chainrule.files.checkpoint import Checkpoint as Checkpoint
    from chainrule.network.foreign import from_keras as from_keras
    from chainrule.network.foreign import from_torch as from_torch
    from chainrule.network.network import Network as Network

_HOME = {
    "ChainruleError": "chainrule.errors",
    "Checkpoint": "chainrule.files.checkpoint",
    "MLPClassifier": "chainrule.estimators.mlp",
    "MLPRegressor": "chainrule.estimators.mlp",
    "Network": "chainrule.network.network",
    "TabularClassifier": "chainrule.estimators.tabular",
    "TabularRegressor": "chainrule.estimators.tabular",
    "from_keras": "chainrule.network.foreign",
    "from_sklearn": "chainrule.estimators.mlp.scikit_learn",
    "from_torch": "chainrule.network.foreign",
    "load": "chainrule.estimators.load",
    "tune": "chainrule.estimators.tabular.tuning",
}

__all__ = [
    "ChainruleError",
    "Checkpoint",
    "MLPClassifier",
    "MLPRegressor",
    "Network",
    "TabularClassifier",
    "TabularRegressor",
    "from_keras",
    "from_sklearn",
    "from_torch",
    "load",
    "tune",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'chainrule' has no attribute '{name}'")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
