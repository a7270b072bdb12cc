"""scikit-learn's own tests of its MLP, from the installed package, on the drop-in classes."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
import sklearn.neural_network

from chainrule import MLPClassifier, MLPRegressor

# Tests that do not apply, each because it reads a private attribute of scikit-learn's class.
EXCLUDED = {
    "test_gradient": "calls _loss_grad_lbfgs, the function that scikit-learn hands to scipy",
}
# The long ones: scipy's own part of L-BFGS.
SLOW = ("test_warm_start", "test_lbfgs_regression", "test_multioutput_regression")
NAME = "sklearn_test_mlp_on_chainrule"


def _module() -> ModuleType:
    """The test file under a name of its own, its estimators replaced before it is read."""
    path = Path(sklearn.neural_network.__file__).parent / "tests" / "test_mlp.py"
    spec = importlib.util.spec_from_file_location(NAME, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sklearn.neural_network, "MLPClassifier", MLPClassifier)
        patch.setattr(sklearn.neural_network, "MLPRegressor", MLPRegressor)
        spec.loader.exec_module(module)
    return module


_tests = _module()
for _name in [name for name in dir(_tests) if name.startswith("test_")]:
    if _name not in EXCLUDED:
        _test = getattr(_tests, _name)
        globals()[_name] = pytest.mark.slow(_test) if _name in SLOW else _test


def test_what_is_excluded_exists():
    assert all(hasattr(_tests, name) for name in EXCLUDED)
    assert _tests.MLPClassifier is MLPClassifier
    assert _tests.MLPRegressor is MLPRegressor


@pytest.fixture(params=[0])
def global_random_seed(request):
    return request.param
