"""What is public: the names whose pages the reference of the documentation site has."""

from __future__ import annotations

import importlib
from typing import Any

ROOMS = ("plots", "metrics", "playground", "mlflow", "spec", "engine", "errors")
# What methods return: page -> its names.
RESULTS = {
    "results": (
        "chainrule.estimators.tabular.evaluation.Evaluation",
        "chainrule.estimators.tabular.evaluation.Score",
        "chainrule.estimators.tabular.importance.FeatureImportance",
        "chainrule.explain.attribution.Attributions",
        "chainrule.explain.dependence.Dependence",
        "chainrule.explain.trace.StepTrace",
        "chainrule.explain.explanation.Explanation",
        "chainrule.explain.check.gradient_check.GradientCheck",
        "chainrule.explain.diagnosis.findings.Diagnosis",
        "chainrule.estimators.tabular.comparison.Comparison",
        "chainrule.estimators.tabular.tuning.Tuning",
    ),
}


def names_of_room(room: str) -> list[str]:
    """The classes and functions of a room, those of the package itself aside."""
    import chainrule

    module = importlib.import_module(f"chainrule.{room}")
    names = getattr(module, "__all__", None) or _own_names(module)
    ours = [name for name in names if name not in chainrule.__all__]
    return [name for name in ours if _is_ours(getattr(module, name))]


def _is_ours(value: Any) -> bool:
    """Whether it is a class or a function of this package."""
    return callable(value) and str(getattr(value, "__module__", "")).startswith("chainrule.")


def public_objects() -> dict[str, Any]:
    """Dotted name -> object of every public name."""
    import chainrule

    found = {f"chainrule.{name}": getattr(chainrule, name) for name in chainrule.__all__}
    for path in (path for names in RESULTS.values() for path in names):
        module, name = path.rsplit(".", 1)
        found[path] = getattr(importlib.import_module(module), name)
    for room in ROOMS:
        module = importlib.import_module(f"chainrule.{room}")
        for name in names_of_room(room):
            found[f"chainrule.{room}.{name}"] = getattr(module, name)
    return found


def _own_names(module: Any) -> list[str]:
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]
