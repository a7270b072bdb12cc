"""How a table becomes arrays and back: containers, files, columns, and the fitted encoder."""

from chainrule.table.column import Column
from chainrule.table.encode.encoder import Encoder
from chainrule.table.encode.target import TargetScale
from chainrule.table.frame import Table, as_table

__all__ = ["Column", "Encoder", "Table", "TargetScale", "as_table"]
