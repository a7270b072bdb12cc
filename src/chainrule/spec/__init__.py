"""What a network is and how it is trained, as validated data: the narrow waist of the program."""

from chainrule.spec.history import History
from chainrule.spec.network import (
    ACTIVATIONS,
    INITIALIZATIONS,
    LOSSES,
    OUTPUT_ACTIVATIONS,
    Dense,
    Dropout,
    Loss,
    NetworkSpec,
)
from chainrule.spec.training import OPTIMIZERS, SCHEDULES, Schedule, TrainingSpec

__all__ = [
    "ACTIVATIONS",
    "INITIALIZATIONS",
    "LOSSES",
    "OPTIMIZERS",
    "OUTPUT_ACTIVATIONS",
    "SCHEDULES",
    "Dense",
    "Dropout",
    "History",
    "Loss",
    "NetworkSpec",
    "Schedule",
    "TrainingSpec",
]
