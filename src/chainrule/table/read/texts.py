"""The different texts of a column, each once: most columns of text have few."""

from __future__ import annotations

from dataclasses import dataclass, field

from chainrule.table.read.connection import Connection


@dataclass(frozen=True)
class Texts:
    """Tables of the different texts of columns of the table `raw`, made when asked for.

    Attributes
    ----------
    connection : Connection
    """

    connection: Connection
    _tables: dict[str, str] = field(default_factory=dict)

    def of(self, text: str) -> str:
        """The name of a table with a row for each text: t, its count n, and its first row r.

        Parameters
        ----------
        text : str
            SQL over the table `raw`.
        """
        if text not in self._tables:
            (number,) = self.connection.rows("SELECT count(*) FROM duckdb_tables()")[0]
            name = f"texts{number}"
            self.connection.rows(
                f"CREATE TEMP TABLE {name} AS SELECT {text} AS t, count(*) AS n, min(rowid) AS r "
                "FROM raw GROUP BY 1"
            )
            self._tables[text] = name
        return self._tables[text]
