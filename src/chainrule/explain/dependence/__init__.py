"""Dependence: how the answer goes with one column, or two, all else as it is in the rows."""

from chainrule.explain.dependence.curves import (
    Curve,
    ale_of_levels,
    ale_of_numbers,
    partial_dependence,
)
from chainrule.explain.dependence.dependence import Dependence, written
from chainrule.explain.dependence.levels import order_of_levels

__all__ = [
    "Curve",
    "Dependence",
    "ale_of_levels",
    "ale_of_numbers",
    "order_of_levels",
    "partial_dependence",
    "written",
]
