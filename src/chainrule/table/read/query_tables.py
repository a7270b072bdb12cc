"""The tables that a query may name.

    data        the files together, or the only table of a database
    people      people.csv, beside other files
    orders      the table or sheet of that name of a database or a workbook

Only those are read whose names stand in the query.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chainrule.errors import TableFileError
from chainrule.table.read.choice import Choice
from chainrule.table.read.connection import Connection, quoted
from chainrule.table.read.containers import Container
from chainrule.table.read.file_table import FileTable
from chainrule.table.read.names import check_present
from chainrule.table.read.raw_column import TypedColumn
from chainrule.table.read.reading import Reading, TextForm
from chainrule.table.read.rules import Rules
from chainrule.table.read.unpack import SourceFile, opened, table_of

DATA = "data"


@dataclass
class QueryTables:
    """Makes the tables of a query, and reads its result.

    Attributes
    ----------
    connection : Connection
    paths : sequence of str
        Absolute, or "-" for standard input.
    rules : Rules
        About the columns of the tables; without a table, about those of the result.
    form : TextForm
    table : str or None
        Which sheet or table of each file is `data`.
    notices : list of str
        What a person should know of the tables.
    """

    connection: Connection
    paths: Sequence[str]
    rules: Rules
    form: TextForm
    table: str | None
    notices: list[str] = field(default_factory=list)

    def run(self, sql: str, choice: Choice) -> FileTable:
        """The result of the query.

        Raises
        ------
        TableFileError
            For a table that cannot be read or that a name leaves open, and for a query that fails.
        """
        sources = [opened(self.connection, path) for path in self.paths]
        tables = self._named(sources, sql)
        columns = [name for name, files in tables.items() for name in self._make(name, files)]
        if tables:
            label = sources[0].name if len(sources) == 1 else f"{len(sources)} files"
            check_present(self.rules.named(columns).mentioned, columns, label)
        reading = Reading(self.connection, [], self.form, self.rules, choice, self.notices)
        try:
            return reading.run_query(sql, has_tables=bool(tables))
        except TableFileError as error:
            if sources and "does not exist" in error.message:
                known = dict.fromkeys((DATA, *self._known(sources)))
                hint = f"Its tables may be: {', '.join(known)}."
                raise TableFileError(error.message, hint) from error
            raise

    def _named(
        self, sources: Sequence[SourceFile | Container], sql: str
    ) -> dict[str, list[SourceFile]]:
        """The tables that stand in the query, and the files that each is read from."""
        known = self._known(sources)
        wanted = {name.casefold() for name in self.connection.tables_of(sql)}
        found = {
            name: [source if isinstance(source, SourceFile) else table_of(source, name)]
            for name, source in known.items()
            if name.casefold() in wanted
        }
        if DATA not in wanted or not sources:
            return found
        called_so = [files[0] for name, files in found.items() if name.casefold() == DATA]
        if called_so and len(sources) > 1:
            raise TableFileError(
                f"the table {DATA!r} may be {called_so[0].name} or all {len(sources)} files.",
                "Rename that file, and name the tables of the others.",
            )
        if called_so:
            return found
        together = [s if isinstance(s, SourceFile) else self._main(s) for s in sources]
        return {**found, DATA: together}

    def _known(
        self, sources: Sequence[SourceFile | Container]
    ) -> dict[str, SourceFile | Container]:
        """Every name that means one table: stems of files, and names within databases."""
        names: list[tuple[str, SourceFile | Container]] = []
        for source in sources:
            if isinstance(source, Container):
                names += [(name, source) for name in source.names()]
            else:
                names.append((source.name.split(".")[0], source))
        folded = [name.casefold() for name, _ in names]
        return {name: source for name, source in names if folded.count(name.casefold()) == 1}

    def _main(self, container: Container) -> SourceFile:
        return table_of(container, container.chosen(self.table))

    def _make(self, name: str, files: Sequence[SourceFile]) -> list[str]:
        """Make a table of the query; its columns."""
        everything = Choice((), None, keep_index=True)
        form = replace(self.form, plain=False)
        rules = replace(self.rules, expect={})
        reading = Reading(self.connection, files, form, rules, everything, self.notices)

        def all_of(names: Sequence[str]) -> Sequence[str]:
            reading.rules = rules.named(names)
            return names

        loaded = reading.load(all_of)
        _refuse_case([column.name for column in loaded.columns], reading.label)
        decision = reading.decision(loaded, reading.label)
        decided = decision.columns(loaded.columns)
        reading.check_suspects(loaded, decided, decision.texts)
        listed = ", ".join(f"{_in_sql(column)} AS {quoted(column.name)}" for column in decided)
        self.connection.rows(f"CREATE TABLE {quoted(name)} AS SELECT {listed} FROM raw")
        # What reading leaves would stand before tables of the same names.
        for (left,) in self.connection.rows(
            "SELECT table_name FROM duckdb_tables() WHERE temporary"
        ):
            self.connection.rows(f"DROP TABLE temp.{quoted(str(left))}")
        return [column.name for column in loaded.columns]


def _refuse_case(names: Sequence[str], label: str) -> None:
    folded: dict[str, str] = {}
    for name in names:
        other = folded.setdefault(name.casefold(), name)
        if other != name:
            raise TableFileError(
                f"{label}: columns {other!r} and {name!r} differ only in case, which SQL does "
                "not see.",
                "Rename one of them.",
            )


def _in_sql(column: TypedColumn) -> str:
    """The value as a query sees it: with the zone UTC where it is an instant."""
    return f"({column.expression}) AT TIME ZONE 'UTC'" if column.zone else column.expression
