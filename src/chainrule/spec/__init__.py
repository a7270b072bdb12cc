"""What a network is and how it is trained, as validated data: the narrow waist of the program."""

from chainrule.spec.history import History
from chainrule.spec.layers import (
    ACTIVATIONS,
    OUTPUT_ACTIVATIONS,
    CategoryEmbedding,
    Dense,
    Dropout,
    PeriodicEmbedding,
    Scale,
)
from chainrule.spec.network import INITIALIZATIONS, LOSSES, Loss, NetworkSpec
from chainrule.spec.training import OPTIMIZERS, SCHEDULES, Schedule, TrainingSpec

__all__ = [
    "ACTIVATIONS",
    "INITIALIZATIONS",
    "LOSSES",
    "OPTIMIZERS",
    "OUTPUT_ACTIVATIONS",
    "SCHEDULES",
    "CategoryEmbedding",
    "Dense",
    "Dropout",
    "History",
    "Loss",
    "NetworkSpec",
    "PeriodicEmbedding",
    "Scale",
    "Schedule",
    "TrainingSpec",
]
