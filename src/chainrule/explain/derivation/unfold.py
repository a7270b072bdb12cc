"""What the numbers of an equation are made of, layer after layer, in either direction.

Derivatives are followed to the loss and values to the inputs. Sums show their largest terms only,
and what is shown next is what those terms are made of: of each layer the units of most influence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.notation.slopes import influences
from chainrule.explain.notation.tree import Equation, Quantity

Influence = dict[Quantity, float]
ByNumber = dict[int, list[Equation]]  # the number of the layer -> equations of its segment


def is_derivative(q: Quantity) -> bool:
    """Whether it is a derivative of a row's loss, so that its equation leads towards the loss."""
    return q.kind == "delta" or q.kind.startswith("dl_d")


class Unfolding:
    """Follows quantities of one derivation; equations stand once."""

    def __init__(self, build: Derivation) -> None:
        self.build, self.sums, self.walk = build, build.sums, build.spec.walk

    def towards_the_loss(self, start: Mapping[Quantity, float], asked: int) -> ByNumber:
        """Equations of derivatives, and of the slopes in them, from the lowest layer up.

        Quantities that belong to the layer `asked` alone are left to the other direction. Where
        terms are left out, slopes are shown of the first unit only.
        """
        found: ByNumber = {}
        waiting = _by_home(start)
        while waiting:
            home = min(waiting)
            here = waiting.pop(home)
            derivatives = self._focus({q: w for q, w in here.items() if is_derivative(q)})
            others = [q for q in here if not is_derivative(q)]
            for place, q in enumerate([*derivatives, *others]):
                equation = self.build.equation(q)
                if equation is None:
                    continue
                found.setdefault(self.walk[home].number, []).append(equation)
                few = self.sums.top is not None and place > 0 and is_derivative(q)
                for leaf, slope in influences(equation.right[-1]).items():
                    slopes = not few and leaf.home != asked and self._is_slope(leaf)
                    if leaf.home is not None and (is_derivative(leaf) or slopes):
                        into = waiting.setdefault(leaf.home, {})
                        into[leaf] = into.get(leaf, 0.0) + here.get(q, 0.0) * slope
        return found

    def _is_slope(self, q: Quantity) -> bool:
        """Whether a quantity that is no derivative is known to its layer alone."""
        return q.home is not None and self.build.layers[q.home].is_own(q)

    def towards_the_inputs(self, start: Mapping[Quantity, float], lowest: int = 0) -> ByNumber:
        """Equations of values, from the highest layer down to the segment of layer `lowest`; each
        is followed by those of what it is made of."""
        chosen: dict[Quantity, tuple[Equation, list[Quantity]]] = {}
        waiting = _by_home(start)
        while waiting:
            home = max(waiting)
            here = waiting.pop(home)
            own = [q for q in here if self._is_slope(q)]
            for q in [*self._focus({q: w for q, w in here.items() if q not in own}), *own]:
                equation = self.build.equation(q)
                if equation is None:
                    continue
                leaves = {
                    leaf: slope
                    for leaf, slope in influences(equation.right[-1]).items()
                    if leaf.home is not None
                    and not is_derivative(leaf)
                    and self.walk[leaf.home].number >= lowest
                    and leaf not in chosen
                }
                chosen[q] = equation, list(leaves)
                for leaf, slope in leaves.items():
                    into = waiting.setdefault(leaf.home or 0, {})
                    into[leaf] = into.get(leaf, 0.0) + here[q] * slope
        return self._in_order(chosen)

    def _focus(self, here: Influence) -> list[Quantity]:
        """Those of most influence, in the order of their units."""
        asked = list(here)
        weights = [here[q] * abs(q.value) for q in asked]
        return sorted((asked[k] for k in self.sums.shown(weights)), key=_unit)

    def _in_order(self, chosen: dict[Quantity, tuple[Equation, list[Quantity]]]) -> ByNumber:
        found: ByNumber = {}
        done: set[Quantity] = set()

        def follow(q: Quantity, number: int) -> Iterator[Equation]:
            if q in done or q not in chosen or self.walk[q.home or 0].number != number:
                return
            done.add(q)
            equation, leaves = chosen[q]
            yield equation
            for leaf in leaves:
                yield from follow(leaf, number)

        for q in chosen:
            number = self.walk[q.home or 0].number
            equations = list(follow(q, number))
            if equations:
                found.setdefault(number, []).extend(equations)
        return found


def _by_home(start: Mapping[Quantity, float]) -> dict[int, Influence]:
    found: dict[int, Influence] = {}
    for q, weight in start.items():
        if q.home is not None:
            found.setdefault(q.home, {})[q] = weight
    return found


def _unit(q: Quantity) -> tuple[int, int]:
    return q.unit or 0, q.source or 0
