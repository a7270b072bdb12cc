"""A model file, and the table that goes with it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainrule.cli.output import Output, shell
from chainrule.cli.reading import Reading
from chainrule.errors import DataError, ModelFileError, TableFileError

if TYPE_CHECKING:
    import numpy as np

    from chainrule.table.read import FileTable

Source = str | Sequence[str] | None
# Where `train` leaves what the command line needs beside the model itself.
TABLE_KEY = "x-table"

_TABLES = (".csv", ".tsv", ".txt", ".parquet", ".pq", ".json", ".jsonl", ".ndjson")


@dataclass(frozen=True)
class TableModel:
    """A loaded estimator, with what `train` noted about its table.

    Attributes
    ----------
    path : str
    estimator : TabularClassifier or TabularRegressor
    target : str or None
        Name of the target column.
    noted : Reading
        How the table of training was read: what means missing, how dates and numbers are spelled,
        and the query.
    """

    path: str
    estimator: Any
    target: str | None
    noted: Reading

    @property
    def is_classifier(self) -> bool:
        """Whether it predicts classes."""
        return hasattr(self.estimator, "predict_proba")

    @property
    def features(self) -> list[str]:
        """Names of the columns that it was trained on."""
        return list(self.estimator.encoder_.column_names)

    def expected(self) -> dict[str, str]:
        """The kind that each feature must have in a file; unused columns may hold anything."""
        return dict(self.estimator.encoder_.file_kinds)

    def read(
        self,
        data: Source,
        reading: Reading,
        out: Output,
        *,
        target: str | None = None,
        keep: Sequence[str] = (),
    ) -> tuple[FileTable, FileTable]:
        """(the table with only the columns needed, the features alone).

        Columns to `keep` are those of the table that the answers shall stand beside.
        """
        kept = [name for name in keep if name not in self.features and name != target]
        from chainrule.table.read.names import found_names, index_names

        wanted = self.features + ([target] if target else []) + kept
        if target in self.features:
            raise DataError(f"the model predicts from column {target!r}; it cannot be the target.")
        expect = self.expected()
        if target:
            expect[target] = self._target_kind()
        ready = self._as_in_training(reading, wanted)
        try:
            table = ready.read(data, columns=wanted, expect=expect)
        except TableFileError as error:
            raise self._with_query(error, reading) from error
        for notice in table.report.notices:
            out.notice(notice)
        index = index_names(table.report.unread)
        extra = [n for n in table.report.unread if n != self.target and n not in index]
        if extra:
            shown = ", ".join(map(repr, extra[:5])) + (", ..." if len(extra) > 5 else "")
            columns = "1 column is" if len(extra) == 1 else f"{len(extra)} columns are"
            out.notice(f"{columns} not used: {shown}.")
        names = found_names([*self.features, *kept, target or ""], list(table))
        table = table.renamed({found: name for name, found in names.items()})
        return table, table.only(*self.features)

    def _as_in_training(self, reading: Reading, wanted: Sequence[str]) -> Reading:
        noted = self.noted
        return replace(
            reading,
            missing=tuple(dict.fromkeys((*noted.missing, *reading.missing))),
            text=tuple(name for name in noted.text if name in wanted),
            dates={**{k: v for k, v in noted.dates.items() if k in wanted}, **reading.dates},
            numbers={**{k: v for k, v in noted.numbers.items() if k in wanted}, **reading.numbers},
        )

    def _with_query(self, error: TableFileError, reading: Reading) -> TableFileError:
        """The same, which shows the query of training where a column is not there."""
        is_lacking = "has no column" in error.message
        if self.noted.sql is None or reading.sql is not None or not is_lacking:
            return error
        query = shell("--sql", self.noted.sql)
        return TableFileError(
            error.message, f"The model was trained on the result of a query; say: {query}"
        )

    def rows_with_target(
        self, data: Source, reading: Reading, out: Output, target: str | None
    ) -> tuple[FileTable, np.ndarray]:
        """Features and target of the rows that have one."""
        X, y, _, _ = self.numbered_rows(data, reading, out, target)
        return X, y

    def numbered_rows(
        self, data: Source, reading: Reading, out: Output, target: str | None
    ) -> tuple[FileTable, np.ndarray, np.ndarray, FileTable]:
        """The same, with their numbers in the table, and the table."""
        import numpy as np

        name = target or self.target
        if name is None:
            raise DataError(
                f"{self.path} does not say which column holds the true values.",
                "Name it with --target COLUMN.",
            )
        table, features = self.read(data, reading, out, target=name)
        kept = np.flatnonzero(~is_missing(table[name]))
        gone = table.n_rows - len(kept)
        if not len(kept):
            raise DataError(f"column {name!r} has no value in any row.")
        if gone:
            rows = "1 row has" if gone == 1 else f"{gone} rows have"
            out.notice(f"{rows} no value in {name!r} and stay out.")
        y = table[name][kept]
        if self.is_classifier:
            y = self._labels(y, kept, table, name)
        return features.take(kept), y, kept, table

    def _target_kind(self) -> str:
        if not self.is_classifier:
            return "number"
        kind = self.estimator.classes_.dtype.kind
        return {"b": "boolean", "i": "number", "u": "number", "f": "number"}.get(kind, "text")

    def _labels(self, y: np.ndarray, kept: np.ndarray, table: FileTable, name: str) -> np.ndarray:
        classes = self.estimator.classes_
        known = set(classes.tolist())
        for row, label in zip(kept, y.tolist(), strict=True):
            if label not in known:
                shown = ", ".join(map(str, classes[:8])) + (", ..." if len(classes) > 8 else "")
                raise TableFileError(
                    f"{table.location(int(row))}, column {name!r}: the model does not know the "
                    f"class {plain_label(label)!r}.",
                    f"Its classes are: {shown}.",
                )
        typed: np.ndarray = y.astype(classes.dtype if classes.dtype.kind != "U" else object)
        return typed


def plain_label(label: Any) -> Any:
    """2, not 2.0."""
    return int(label) if isinstance(label, float) and label.is_integer() else label


def is_missing(values: np.ndarray) -> np.ndarray:
    """Mask of the values that are NaN, NaT or None."""
    from chainrule.table.read.file_table import missing_cells

    return missing_cells(values)


def open_model(
    path: str, *, only_answers: bool = False, require_signature: str | None = None
) -> TableModel:
    """Load a model that was trained on a table; `only_answers` needs no scikit-learn.

    Raises
    ------
    ModelFileError
        For a file that is no model, is damaged, is not signed as it must be, or holds a bare
        network.
    """
    from chainrule.estimators.load import answers_from_record, from_record
    from chainrule.files import read_model

    try:
        record = read_model(path, require_signature=require_signature)
        if "encoder" not in record.extra:
            noun = "a network" if record.kind == "network" else "a drop-in estimator"
            raise ModelFileError(
                f"the file holds {noun} without a table.",
                f"Use it in Python: chainrule.load({path!r}).",
            )
        estimator = (answers_from_record if only_answers else from_record)(record)
    except ModelFileError as error:
        raise named(path, error) from error
    note = record.optional.get(TABLE_KEY)
    note = note if isinstance(note, dict) else {}
    target = note.get("target")
    return TableModel(path, estimator, target if isinstance(target, str) else None, _noted(note))


def _noted(note: dict[str, Any]) -> Reading:
    """How the table of training was read; what no `train` has written stays out."""
    sql = note.get("sql")
    return Reading(
        missing=_texts(note.get("missing")),
        text=_texts(note.get("text")),
        dates=_strings(note.get("dates")),
        numbers=_strings(note.get("numbers")),
        sql=sql if isinstance(sql, str) else None,
    )


def _texts(found: Any) -> tuple[str, ...]:
    values = found if isinstance(found, list) else []
    return tuple(value for value in values if isinstance(value, str))


def _strings(found: Any) -> dict[str, str]:
    """A mapping of strings from a file; what is none of it stays out."""
    pairs = found.items() if isinstance(found, dict) else ()
    return {key: value for key, value in pairs if isinstance(value, str)}


def named(path: str, error: ModelFileError) -> ModelFileError:
    """The same error with the file's name in it, and a hint where a table was taken for a model."""
    message = error.message if path in error.message else f"{path}: {error.message}"
    hint = error.hint
    if not os.path.exists(path):
        hint = hint or "Train one with: chainrule train DATA --target COLUMN"
    elif path.lower().endswith(_TABLES):
        hint = "The model comes first, then the table."
    return ModelFileError(message, hint)


def refuse_existing(path: str, force: bool, option: str) -> None:
    """Refuse to write over a file without --force, and into a folder that is not there."""
    if os.path.isdir(path):
        raise DataError(f"{path!r} is a folder.", f"Name a file: {option} {path}/NAME")
    if os.path.exists(path) and not force:
        raise DataError(
            f"{path!r} exists already.",
            f"Say --force to replace it, or {option} to write another file.",
        )
    folder = os.path.dirname(path)
    if folder and not os.path.isdir(folder):
        raise DataError(f"the folder {folder!r} does not exist.", shell("mkdir", "-p", folder))


def default_path(data: Sequence[str], reading: Reading, ending: str = ".safetensors") -> str:
    """The table's name with another ending; a table without a name is called "model"."""
    name = Path(data[0]).name if data and data[0] != "-" and os.path.isfile(data[0]) else ""
    name = Path(data[0]).name if data and reading.glob else name or "model"
    return name.split(".")[0].replace("*", "").replace("?", "") + ending
