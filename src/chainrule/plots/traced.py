"""The step that a display draws: of a network on encoded rows, or of an estimator on a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chainrule.explain.trace import StepTrace


@dataclass(frozen=True)
class Seen:
    """A step, and of which network of how many.

    Attributes
    ----------
    trace : StepTrace
    member, n_members : int
        0 of 1 for a single network.
    """

    trace: StepTrace
    member: int = 0
    n_members: int = 1

    def title(self, row: int | None = None) -> str:
        """Which rows, step and member: "row 3 of 4 (sum) · step 0 · member 0 of 4"."""
        trace = self.trace
        n, reduction = trace.n_rows, trace.training.reduction
        rows = f"{n} row{'s' if n != 1 else ''}" + (f", {reduction}" if n != 1 else "")
        parts = [rows]
        if row is not None:
            called = trace.row_id(row)
            parts = [f"row {row}" + ("" if str(called) == str(row) else f" ({called})")]
            parts[0] += f" of {rows}"
        parts.append("a cold start" if trace.start else f"step {trace.header()['step']}")
        if self.n_members > 1:
            parts.append(f"member {self.member} of {self.n_members}")
        return " · ".join(parts)


def seen_of(model: Any, X: Any, y: Any, **keywords: Any) -> Seen:
    """`model.trace`, or the trace itself where one is given.

    Parameters
    ----------
    model : Network, TabularClassifier, TabularRegressor, StepTrace or Seen
    X, y : rows and targets
        Both left out with a StepTrace.
    **keywords
        As for `model.trace`, such as `member`.

    Returns
    -------
    Seen

    Raises
    ------
    TypeError
        For a model of another kind, a model without rows, or a StepTrace with rows.
    """
    if isinstance(model, StepTrace | Seen):
        if X is not None or y is not None or keywords:
            raise TypeError("a StepTrace has its rows already; leave out X, y and keywords.")
        return Seen(model) if isinstance(model, StepTrace) else model
    if not hasattr(model, "trace"):
        hint = "; its network_ can be drawn" if hasattr(model, "network_") else ""
        raise TypeError(
            "a Network, a Tabular estimator or a StepTrace is needed, found "
            f"{type(model).__name__}{hint}."
        )
    if X is None or y is None:
        raise TypeError("X and y are needed beside a model.")
    trace: StepTrace = model.trace(X, y, **keywords)
    n_members = getattr(model, "n_members_", None)
    if n_members is None:
        return Seen(trace)
    return Seen(trace, keywords.get("member", 0), n_members)
