"""A table from a file: CSV and its relatives, Parquet, JSON, or an SQL query over any of them."""

from chainrule.table.read.file_table import ColumnReport, FileTable, TableReport
from chainrule.table.read.reader import read_table

__all__ = ["ColumnReport", "FileTable", "TableReport", "read_table"]
