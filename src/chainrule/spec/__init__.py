"""What a network is and how it is trained, as validated data: the narrow waist of the program."""

from chainrule.spec.history import History
from chainrule.spec.layers import (
    ACTIVATION_ROWS,
    ACTIVATIONS,
    KINDS,
    OUTPUT_ACTIVATIONS,
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    Layer,
    Parameter,
    Part,
    PeriodicEmbedding,
    Scale,
    Start,
)
from chainrule.spec.losses import LOSSES, Loss
from chainrule.spec.network import INITIALIZATIONS, NetworkSpec, Placed
from chainrule.spec.state import TrainingState
from chainrule.spec.training import OPTIMIZERS, SCHEDULES, Schedule, TrainingSpec

__all__ = [
    "ACTIVATIONS",
    "ACTIVATION_ROWS",
    "INITIALIZATIONS",
    "KINDS",
    "LOSSES",
    "OPTIMIZERS",
    "OUTPUT_ACTIVATIONS",
    "SCHEDULES",
    "Activation",
    "CategoryEmbedding",
    "Columns",
    "Dense",
    "Dropout",
    "History",
    "Layer",
    "Loss",
    "NetworkSpec",
    "Parameter",
    "Part",
    "PeriodicEmbedding",
    "Placed",
    "Scale",
    "Schedule",
    "Start",
    "TrainingSpec",
    "TrainingState",
]
