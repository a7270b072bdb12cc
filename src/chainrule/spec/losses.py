"""The closed set of losses: one row each, and a loss with its constants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from chainrule.errors import SpecError
from chainrule.spec.checks import check_keys, is_real
from chainrule.spec.layers import ACTIVATIONS


class LossRow(NamedTuple):
    """What is true of a loss on every floor.

    Attributes
    ----------
    output_activation : str
        The default.
    any_elementwise : bool
        Whether any other elementwise activation may stand at the output.
    constants : tuple of str
        The fields of `Loss` that belong to it.
    has_kink : bool
        Whether its slope jumps where the prediction meets the target.
    """

    output_activation: str
    any_elementwise: bool = False
    constants: tuple[str, ...] = ()
    has_kink: bool = False

    @property
    def activations(self) -> tuple[str, ...]:
        """The output activations that it goes with."""
        return ACTIVATIONS if self.any_elementwise else (self.output_activation,)


LOSSES = {
    "squared_error": LossRow("identity", any_elementwise=True),
    "absolute_error": LossRow("identity", any_elementwise=True, has_kink=True),
    "huber": LossRow("identity", any_elementwise=True, constants=("huber_delta",)),
    "pinball": LossRow("identity", constants=("quantiles",), has_kink=True),
    "poisson": LossRow("exp"),
    "binary_cross_entropy": LossRow("sigmoid"),
    "cross_entropy": LossRow("softmax"),
}


@dataclass(frozen=True)
class Loss:
    """A loss by name, with its constants.

    Attributes
    ----------
    name : str
        A key of `LOSSES`.
    huber_delta : float
        Where huber turns from quadratic to linear; used by "huber" only. Default 1.
    quantiles : tuple of float
        Of the quantile loss: one in (0, 1) per network output, ascending.
    """

    name: str
    huber_delta: float = 1.0
    quantiles: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "quantiles", tuple(self.quantiles))

    @property
    def row(self) -> LossRow:
        """What is true of it on every floor."""
        return LOSSES[self.name]

    def to_json(self) -> dict[str, Any]:
        """Its name and the constants that belong to it, as plain values.

        Returns
        -------
        dict
        """
        out: dict[str, Any] = {"name": self.name}
        for constant in self.row.constants:
            value = getattr(self, constant)
            out[constant] = list(value) if isinstance(value, tuple) else value
        return out

    @classmethod
    def from_json(cls, form: Any) -> Loss:
        """The inverse of `to_json`; `SpecError` names an entry that cannot be.

        Parameters
        ----------
        form : mapping
            As `to_json` makes it.

        Returns
        -------
        Loss

        Raises
        ------
        SpecError
            Naming the entry that cannot be.
        """
        check_keys("loss", form, {"name"}, optional={"huber_delta", "quantiles"})
        quantiles = form.get("quantiles", ())
        if not isinstance(quantiles, list | tuple):
            raise SpecError("'quantiles' must be a list of numbers.")
        return cls(form["name"], form.get("huber_delta", 1.0), tuple(quantiles))

    @classmethod
    def of(cls, name: str, constants: Mapping[str, Any]) -> Loss:
        """The loss with those of the constants that belong to it.

        Parameters
        ----------
        name : str
        constants : mapping of str to values
            Those of other losses are left out.

        Returns
        -------
        Loss
        """
        own = LOSSES[name].constants if isinstance(name, str) and name in LOSSES else ()
        return cls(name, **{key: constants[key] for key in own})

    def check(self, output_activation: str, n_outputs: int) -> None:
        """Raise `SpecError` unless a network may end like that.

        Parameters
        ----------
        output_activation : str
        n_outputs : int

        Raises
        ------
        SpecError
            Naming the loss, activation or constant that cannot be.
        """
        if not isinstance(self.name, str) or self.name not in LOSSES:
            raise SpecError(f"unknown loss {self.name!r}; the losses are {', '.join(LOSSES)}.")
        if output_activation not in self.row.activations:
            raise SpecError(
                f"loss '{self.name}' goes with output activation "
                f"{' or '.join(self.row.activations)}, found '{output_activation}'."
            )
        if self.name == "cross_entropy" and n_outputs < 2:
            raise SpecError(
                "cross_entropy needs at least 2 outputs; for one output use binary_cross_entropy."
            )
        if not (is_real(self.huber_delta) and self.huber_delta > 0):
            raise SpecError(f"huber_delta must be a number above 0, found {self.huber_delta!r}.")
        for constant, default in (("huber_delta", 1.0), ("quantiles", ())):
            if constant not in self.row.constants and getattr(self, constant) != default:
                owner = next(name for name, row in LOSSES.items() if constant in row.constants)
                verb = "belong" if constant.endswith("s") else "belongs"
                raise SpecError(f"{constant} {verb} to loss '{owner}', found loss '{self.name}'.")
        if "quantiles" in self.row.constants:
            self._check_quantiles(n_outputs)

    def _check_quantiles(self, n_outputs: int) -> None:
        if not all(is_real(q) and 0 < q < 1 for q in self.quantiles):
            raise SpecError(f"quantiles must lie between 0 and 1, found {list(self.quantiles)}.")
        if len(self.quantiles) != n_outputs:
            raise SpecError(
                f"{self.name} needs one quantile per output: {n_outputs} outputs, "
                f"{len(self.quantiles)} quantiles."
            )
        if list(self.quantiles) != sorted(set(self.quantiles)):
            raise SpecError(f"quantiles must ascend, found {list(self.quantiles)}.")
