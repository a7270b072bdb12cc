"""How a table becomes arrays and back: containers, files, columns, and the fitted encoder."""

from chainrule.table.column import Column
from chainrule.table.encoder import Encoder
from chainrule.table.frame import Table, as_table
from chainrule.table.target import TargetScale

__all__ = ["Column", "Encoder", "Table", "TargetScale", "as_table"]
