"""What a fit with `warm_start` goes on from: the networks, columns and target of the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.errors import SpecError
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.ensemble import Member
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.estimators.tabular.trained_rows import TrainedRows
from chainrule.spec import NetworkSpec


@dataclass(frozen=True)
class Before:
    """A fitted model whose training goes on.

    Attributes
    ----------
    spec : NetworkSpec
    members : sequence of Member
    target : ClassTarget or NumberTarget
    ranges : ndarray or None
        Of the rows that it was trained on; see `ranges`.
    known_rows : TrainedRows or None
    """

    spec: NetworkSpec
    members: Sequence[Member]
    target: ClassTarget | NumberTarget
    ranges: np.ndarray | None
    known_rows: TrainedRows | None

    def starts(self, spec: NetworkSpec, n_members: int, dtype: np.dtype[Any]) -> list[Any]:
        """The parameters that each network begins with.

        Raises
        ------
        SpecError
            Where the arguments now describe other networks.
        """
        was = self.members[0].params["W1"].dtype
        if spec != self.spec or dtype != was:
            raise SpecError(
                "warm_start goes on with the networks of the last fit, and the arguments now "
                "describe others: other layers, loss or number type.",
                "Set them back, or fit anew with warm_start=False.",
            )
        if n_members != len(self.members):
            raise SpecError(
                f"warm_start goes on with the {len(self.members)} networks of the last fit, and "
                f"the arguments now ask for {n_members}.",
                "Set n_members back, or fit anew with warm_start=False.",
            )
        return [member.params for member in self.members]

    def told(self, inputs: np.ndarray, target: np.ndarray) -> str:
        """What makes scores of these rows too good, in a sentence; "" where nothing does."""
        known = 0 if self.known_rows is None else self.known_rows.n_known(inputs, target)
        if not known:
            return ""
        rows = "1 of the rows" if known == 1 else f"about {known:,} of the rows"
        return (
            f"{rows} trained this model before; where they are held out now, its scores, "
            "temperatures and intervals are too good."
        )

    def all_rows(self, now: TrainedRows) -> TrainedRows:
        """The rows of all fits."""
        return now if self.known_rows is None else self.known_rows.joined(now)

    def all_ranges(self, now: np.ndarray) -> np.ndarray:
        """The ranges of the numbers of all fits."""
        if self.ranges is None:
            return now
        low, high = np.minimum(self.ranges[0], now[0]), np.maximum(self.ranges[1], now[1])
        return np.stack([low, high])
