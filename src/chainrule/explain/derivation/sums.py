"""Long sums: the largest terms are shown, and the rest is stated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chainrule.explain.derivation.whole import whole
from chainrule.explain.notation.exact_sum import exact_sum
from chainrule.explain.notation.tree import Node, Sum, Total, rest_of

Values = Sequence[float] | npt.NDArray[np.float64]


FEW = 2  # units whose terms stand as they are where longer sums become one number


@dataclass(frozen=True)
class Sums:
    """Builds sums of which `top` terms are shown; None shows all. `whole` makes one number of those
    over rows, and over more than two units."""

    top: int | None = None
    whole: bool = False

    def shown(self, values: Values) -> list[int]:
        """Indices of the terms to show: all, or the `top` largest, largest first."""
        if self.top is None or len(values) <= self.top:
            return list(range(len(values)))
        return [int(k) for k in np.argsort(-np.abs(values), kind="stable")[: self.top]]

    def sum_of(self, values: Values, term: Callable[[int], Node], *extra: Node) -> Node:
        """The sum of `values`, of which term(k) is the node; `extra` terms always show."""
        numbers = [float(value) for value in values]
        one = self._whole(numbers, term)
        if one is not None:
            value = exact_sum([*numbers, *(node.value for node in extra)])
            return Sum((one, *extra), value) if extra else one
        chosen = self.shown(numbers)
        terms = (*(term(k) for k in chosen), *extra)
        rest = rest_of(numbers, chosen)
        if len(terms) == 1 and rest is None:
            return terms[0]
        return Sum(terms, exact_sum([*numbers, *(node.value for node in extra)]), rest)

    def _whole(self, numbers: list[float], term: Callable[[int], Node]) -> Total | None:
        """The sum as one number, where it is one."""
        if not self.whole or len(numbers) < 2:
            return None
        found = whole(term(0), term(1), len(numbers), exact_sum(numbers))
        return found if found.index == "r" or len(numbers) > FEW else None
