"""What an optimizer remembers between two calls of fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass
class TrainingState:
    """Counters and moments; a later fit with the same optimizer goes on from them.

    Attributes
    ----------
    optimizer : str
    n_steps : int
        Updates made since the moments were zero.
    epoch : int
        Epochs since the network was made; keys shuffling and dropout.
    moments : dict of str to ndarray
        "first_moment.W1", "second_moment.W1", "velocity.W1", ... shaped like the parameters; the
        names are those of the optimizer's row in `OPTIMIZERS`.
    beta1_power, beta2_power : float
        beta1 ** n_steps and beta2 ** n_steps, of Adam's bias correction.
    """

    optimizer: str
    n_steps: int = 0
    epoch: int = 0
    moments: dict[str, npt.NDArray[Any]] = field(default_factory=dict)
    beta1_power: float = 1.0
    beta2_power: float = 1.0

    def continued_by(self, optimizer: str) -> TrainingState:
        """Itself for the same optimizer; else zero moments, the epoch counted on.

        Parameters
        ----------
        optimizer : str
            Such as "adam".

        Returns
        -------
        TrainingState
        """
        if optimizer == self.optimizer:
            return self
        return TrainingState(optimizer, epoch=self.epoch)

    def astype(self, dtype: np.dtype[Any]) -> TrainingState:
        """The same with moments of another number type.

        Parameters
        ----------
        dtype : numpy.dtype
            float32 or float64.

        Returns
        -------
        TrainingState
        """
        moments = {name: np.ascontiguousarray(m, dtype) for name, m in self.moments.items()}
        return TrainingState(
            self.optimizer, self.n_steps, self.epoch, moments, self.beta1_power, self.beta2_power
        )
