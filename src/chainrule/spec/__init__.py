"""What a network is and how it is trained, as validated data: the narrow waist of the program."""

from chainrule.spec import layers
from chainrule.spec.history import History
from chainrule.spec.layers import *  # noqa: F403
from chainrule.spec.losses import LOSSES, Loss
from chainrule.spec.network import INITIALIZATIONS, NetworkSpec, Placed
from chainrule.spec.state import TrainingState
from chainrule.spec.training import OPTIMIZERS, SCHEDULES, Schedule, TrainingSpec

__all__ = [
    "INITIALIZATIONS",
    "LOSSES",
    "OPTIMIZERS",
    "SCHEDULES",
    "History",
    "Loss",
    "NetworkSpec",
    "Placed",
    "Schedule",
    "TrainingSpec",
    "TrainingState",
]
__all__ += layers.__all__
