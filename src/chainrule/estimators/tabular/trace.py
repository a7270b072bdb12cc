"""One training step of a Tabular estimator on the user's own rows, with the names of its columns.

A fitted or loaded model keeps no optimizer state and no place in its schedule, so the step is a
cold start: from zero moments, with schedule factor 1 and dropout off; the trace says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chainrule.errors import SpecError
from chainrule.estimators.weights import read_weights
from chainrule.explain.trace import StepTrace
from chainrule.spec import OPTIMIZERS, TrainingSpec
from chainrule.table.column import BOOLEAN, CATEGORY, NUMERIC, Column
from chainrule.table.frame import Table, as_table
from chainrule.table.row_ids import row_names
from chainrule.table.times import cell_in_words

if TYPE_CHECKING:
    from chainrule.estimators.tabular.base import TabularModel


def trace_model(
    model: TabularModel,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    *,
    member: int = 0,
    row_ids: Sequence[Any] | None = None,
    dtype: str = "float64",
    training: Mapping[str, Any],
) -> StepTrace:
    """The step that a model's optimizer would take on these rows.

    Parameters
    ----------
    model : fitted TabularClassifier or TabularRegressor
    X, y, sample_weight
        As for `fit`. A row of weight 0 stays, with no part in the gradients.
    member : int
        Network of an ensemble.
    row_ids : sequence, optional
        What the rows are called outside.
    dtype : "float64" or "train"
    training : mapping
        Keywords of `Network.fit` that replace those of the model's own training.

    Raises
    ------
    SpecError
        For a member that does not exist, and for a schedule.
    DataError
        For rows that the model cannot read.
    """
    network = model.member(member)
    if "schedule" in training:
        raise SpecError("a single step has schedule factor 1; leave out schedule.")
    table = as_table(X)
    raw_target = model._target_type.read(y, table.n_rows, "y")
    weights = read_weights(sample_weight, table.n_rows, "sample_weight")
    target = model._target.encode(raw_target, "y")
    chosen = network._training_for({"schedule": "constant", **training})
    return StepTrace(
        network.spec,
        network.params,
        model._encode(table, network.dtype),
        target,
        chosen,
        sample_weight=model._target.row_weights(target, weights),
        dtype=dtype,
        names=network.names,
        raw=Cells(table, model.encoder_.column_names, model.encoder_.named),
        row_ids=row_names(X, table.n_rows, row_ids),
        notes=("the loss is the network's own, before temperature, clamp and averaging",),
        start=_cold_start(chosen),
    )


def _cold_start(training: TrainingSpec) -> str:
    """Where the step starts, as the model keeps its weights alone."""
    kept = "zero moments, " if OPTIMIZERS[training.optimizer].moments else ""
    return f"a cold start of {training.optimizer}: {kept}its first rate, no dropout"


@dataclass(frozen=True)
class Cells(Sequence[Mapping[str, Any]]):
    """The cells of a table by row: entry 3 is {column: value}, None where it is missing.

    Attributes
    ----------
    table : Table
    names : tuple of str
        Columns of the model.
    named : bool
        Whether the model finds columns by name; otherwise they are taken by position.

    Raises
    ------
    IndexError
        For a row that the table does not have.
    """

    table: Table
    names: tuple[str, ...]
    named: bool
    _columns: dict[str, Column] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return self.table.n_rows

    def __getitem__(self, row: Any) -> Any:
        if not 0 <= row < len(self):
            raise IndexError(row)
        return {name: _cell(self._column(name), row) for name in self.names}

    def _column(self, name: str) -> Column:
        if name not in self._columns:
            by_name = self.named and self.table.named
            place = (self.table.names if by_name else self.names).index(name)
            self._columns[name] = self.table.column(place)
        return self._columns[name]


def _cell(column: Column, row: int) -> Any:
    if column.missing[row]:
        return None
    value = column.values[row]
    if column.kind in (BOOLEAN, CATEGORY):
        return column.levels[int(value)]
    if column.kind == NUMERIC:
        return float(value)
    return cell_in_words(column, float(value))
