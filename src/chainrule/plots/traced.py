"""The step that a display draws: of a network on encoded rows, or of an estimator on a table."""

from __future__ import annotations

from typing import Any

from chainrule.explain.trace import StepTrace


def trace_of(model: Any, X: Any, y: Any, **keywords: Any) -> StepTrace:
    """`model.trace`, or the trace itself where one is given.

    Parameters
    ----------
    model : Network, TabularClassifier, TabularRegressor or StepTrace
    X, y : rows and targets
        Both left out with a StepTrace.
    **keywords
        As for `model.trace`.

    Returns
    -------
    StepTrace

    Raises
    ------
    TypeError
        For a model of another kind, a model without rows, or a StepTrace with rows.
    """
    if isinstance(model, StepTrace):
        if X is not None or y is not None or keywords:
            raise TypeError("a StepTrace has its rows already; leave out X, y and keywords.")
        return model
    if not hasattr(model, "trace"):
        found_type = type(model).__name__
        raise TypeError(
            f"a Network, a Tabular estimator or a StepTrace is needed, found {found_type}."
        )
    if X is None or y is None:
        raise TypeError("X and y are needed beside a model.")
    found: StepTrace = model.trace(X, y, **keywords)
    return found
