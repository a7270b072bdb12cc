"""How columns become inputs of the network, fitted once: part of the model, and of its file."""

from chainrule.table.encode.encoder import CONSTANT_INPUT, Encoder
from chainrule.table.encode.target import TargetScale

__all__ = ["CONSTANT_INPUT", "Encoder", "TargetScale"]
