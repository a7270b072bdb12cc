"""What a search varies: arguments of an estimator, each with the values it may take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chainrule.errors import SpecError
from chainrule.estimators.arguments import check_arguments, plain, unit_counts
from chainrule.estimators.tabular.arguments import RULES
from chainrule.estimators.tabular.recipe import Recipe

if TYPE_CHECKING:
    from optuna.trial import Trial

_DIGITS = 3  # of a number that is tried, so that a command repeats it
_DEPTHS = (1, 4)
_WIDTHS = (64, 128, 256, 512)
# How far below and above the recipe's rate; a factor of 4 is seldom far enough to diverge.
_AROUND = 4.0


@dataclass(frozen=True)
class Interval:
    """Numbers between two bounds, in equal steps of the number or of its logarithm."""

    low: float
    high: float
    log: bool = False

    def drawn(self, name: str, trial: Trial) -> float:
        """What a trial is to try."""
        return float(f"{trial.suggest_float(name, self.low, self.high, log=self.log):.{_DIGITS}g}")

    def started(self, name: str, value: Any) -> dict[str, Any] | None:
        """What Optuna calls a value; None for one that is not among these."""
        return {name: value} if self.low <= value <= self.high else None

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Choices:
    """A few values."""

    values: tuple[Any, ...]

    def drawn(self, name: str, trial: Trial) -> Any:
        """What a trial is to try."""
        return self.values[trial.suggest_categorical(name, list(range(len(self.values))))]

    def started(self, name: str, value: Any) -> dict[str, Any] | None:
        """What Optuna calls a value; None for one that is not among these."""
        return {name: self.values.index(value)} if value in self.values else None

    def __str__(self) -> str:
        return ", ".join(map(str, self.values))


@dataclass(frozen=True)
class Layers:
    """Hidden layers of one width: their number, and the place of the width among `_WIDTHS`."""

    def drawn(self, name: str, trial: Trial) -> tuple[int, ...]:
        """What a trial is to try."""
        depth: int = trial.suggest_int("depth", *_DEPTHS)
        width: int = trial.suggest_int("width", 0, len(_WIDTHS) - 1)
        return (_WIDTHS[width],) * depth

    def started(self, name: str, value: Any) -> dict[str, Any] | None:
        """What Optuna calls a value; None for one that is not among these."""
        if len(set(value)) != 1 or value[0] not in _WIDTHS:
            return None
        return {"depth": len(value), "width": _WIDTHS.index(value[0])}

    def __str__(self) -> str:
        return f"{_DEPTHS[0]} to {_DEPTHS[1]} layers of {', '.join(map(str, _WIDTHS))}"


Values = Interval | Choices | Layers
Space = dict[str, Values]


def usual_space(recipe: Recipe) -> Space:
    """What is worth varying of the recipe, around its own values.

    Ranges are those of RealMLP's public search (TabArena, arXiv 2506.16791), with narrower layers
    beside and a rate around the task's own.
    """
    rate = recipe.learning_rate
    return {
        "learning_rate": Interval(rate / _AROUND, rate * _AROUND, log=True),
        "hidden_layer_sizes": Layers(),
        "dropout": Interval(0.0, 0.5),
        "weight_decay": Interval(1e-3, 0.1, log=True),
        "embedded_numbers": Choices((0, 3, 7)),
    }


def read_space(given: Mapping[str, Any], arguments: Mapping[str, Any]) -> Space:
    """A search of the caller's: argument -> pair of bounds, or list of values.

    Raises
    ------
    SpecError
        For a name that is no argument, and values that it cannot have.
    """
    return {name: _values(name, values, arguments) for name, values in given.items()}


def _values(name: str, values: Any, arguments: Mapping[str, Any]) -> Values:
    if name not in arguments:
        raise SpecError(f"space names {name!r}, which is no argument of the estimator.")
    if isinstance(values, list) and values:
        for value in values:
            _check(name, value)
        return Choices(tuple(plain(value) for value in values))
    if not isinstance(values, tuple) or len(values) != 2:
        raise SpecError(
            f"space[{name!r}] must be a pair of bounds, (low, high), or a list of values, found "
            f"{values!r}."
        )
    low, high = map(plain, values)
    for bound in (low, high):
        if isinstance(bound, bool) or not isinstance(bound, int | float):
            raise SpecError(f"space[{name!r}] has the bound {bound!r}, which is no number.")
        _check(name, float(bound) if isinstance(arguments[name], float) else bound)
    if not low < high:
        raise SpecError(f"space[{name!r}] must have low < high, found {values!r}.")
    return Interval(low, high, log=low > 0 and high / low >= 10)


def _check(name: str, value: Any) -> None:
    if name == "hidden_layer_sizes":
        unit_counts(value)
    elif name in RULES:
        check_arguments({name: RULES[name]}, {name: value})


def own_values(recipe: Recipe, space: Space) -> dict[str, Any] | None:
    """The recipe's values as Optuna calls them; None where the search leaves them out."""
    found: dict[str, Any] = {}
    for name, values in space.items():
        started = values.started(name, getattr(recipe, name, None)) if _has(recipe, name) else None
        if started is None:
            return None
        found |= started
    return found


def _has(recipe: Recipe, name: str) -> bool:
    value = getattr(recipe, name, None)
    return isinstance(value, int | float | Sequence) and not isinstance(value, str)
