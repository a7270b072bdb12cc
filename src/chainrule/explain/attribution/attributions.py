"""Attributions: what each column adds to each answer, with names and errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.errors import DataError, SpecError
from chainrule.explain.attribution.cells import numbers_of
from chainrule.explain.render.box import bar, box
from chainrule.explain.render.markup import name, table

_SHOWN = 20


@dataclass(frozen=True)
class Attributions:
    """Contributions of columns that add up: base + sum over columns = answer, in every row.

    Attributes
    ----------
    names : tuple of str
        The columns of the table.
    values : ndarray, shape (n_rows, n_columns) or (n_rows, n_columns, n_answers)
        What each adds. The last axis is there where several numbers are answered.
    errors : ndarray, of the shape of `values`
        Standard errors of `values`, by the sample of paths.
    base_values : ndarray, shape () or (n_answers,)
        The mean answer over the background.
    answers : ndarray, shape (n_rows,) or (n_rows, n_answers)
        What is explained: base_values + values.sum(axis=1).
    data : ndarray of object, shape (n_rows, n_columns)
        The cells.
    unit : str
        What the answers are.
    answer_names : tuple of str
        Of several answers: the classes, targets or quantiles.
    method : str
    n_samples : int
        Points of paths a row.
    """

    names: tuple[str, ...]
    values: np.ndarray
    errors: np.ndarray
    base_values: np.ndarray
    answers: np.ndarray
    data: np.ndarray
    unit: str
    answer_names: tuple[str, ...]
    method: str
    n_samples: int

    def __len__(self) -> int:
        return len(self.values)

    def of(self, answer: str | int) -> Attributions:
        """Those of one answer, by name or number, with no last axis.

        Parameters
        ----------
        answer : str or int
            One of `answer_names`, or its number.

        Returns
        -------
        Attributions

        Raises
        ------
        SpecError
            For one that is not there.
        """
        if self.values.ndim == 2:
            raise SpecError("there is one answer; its attributions are these.")
        k = self.answer_names.index(answer) if answer in self.answer_names else answer
        if not isinstance(k, int) or not 0 <= k < len(self.answer_names):
            known = ", ".join(self.answer_names)
            raise SpecError(f"there is no answer {answer!r}; there are {known}.")
        return Attributions(
            self.names, self.values[..., k], self.errors[..., k], self.base_values[k],
            self.answers[..., k], self.data, f"{self.unit} of {self.answer_names[k]}", (),
            self.method, self.n_samples,
        )  # fmt: skip

    @property
    def mean_sizes(self) -> np.ndarray:
        """Of each column the mean of |value| over rows, and over answers."""
        sizes = np.abs(self.values).mean(axis=0)
        return np.asarray(sizes if sizes.ndim == 1 else sizes.mean(axis=1))

    @property
    def order(self) -> np.ndarray:
        """The columns by `mean_sizes`, the largest first."""
        return np.argsort(-self.mean_sizes, kind="stable")

    def to_dict(self) -> dict[str, list[Any]]:
        """Columns of a table, a row for every row, column and answer: `row`, `column`, `cell`,
        `value`, `error`, and `answer` where there are several.

        Returns
        -------
        dict of str to list
        """
        n, c = self.values.shape[:2]
        k = 1 if self.values.ndim == 2 else self.values.shape[2]
        found: dict[str, list[Any]] = {
            "row": np.repeat(np.arange(n), c * k).tolist(),
            "column": np.tile(np.repeat(np.array(self.names, object), k), n).tolist(),
            "cell": np.repeat(self.data.reshape(-1), k).tolist(),
        }
        if self.values.ndim == 3:
            found["answer"] = list(self.answer_names) * (n * c)
        found["value"] = self.values.reshape(-1).tolist()
        found["error"] = self.errors.reshape(-1).tolist()
        return found

    def to_shap(self) -> Any:
        """As a `shap.Explanation`, which all of `shap.plots` take.

        Its `data` are numbers: of text and other levels their place in sorted order, NaN where the
        cell is missing; its `display_data` are the cells.

        Returns
        -------
        shap.Explanation

        Raises
        ------
        DataError
            Where shap is not installed.
        """
        try:
            from shap import Explanation
        except ImportError:
            raise DataError("shap is not installed.", "pip install shap") from None
        base = np.broadcast_to(self.base_values, self.answers.shape)
        return Explanation(
            values=self.values,
            base_values=np.array(base),
            data=np.column_stack([numbers_of(column) for column in self.data.T]),
            display_data=np.where(self.data == None, "missing", self.data),  # noqa: E711
            feature_names=list(self.names),
            output_names=list(self.answer_names) or None,
        )

    @property
    def _typical_errors(self) -> np.ndarray:
        """Of each column the root mean square of its errors."""
        flat = self.errors.reshape(len(self), len(self.names), -1)
        return np.asarray(np.sqrt((flat**2).mean(axis=(0, 2))))

    def _repr_html_(self) -> str:
        """The columns by what they add on average, with bars."""
        sizes, errors = self.mean_sizes, self._typical_errors
        most = float(sizes.max(initial=0.0))
        rows = [
            [name(self.names[k]), f"{sizes[k]:.4g}", f"± {errors[k]:.2g}", bar(sizes[k], 0.0, most)]
            for k in self.order[:_SHOWN]
        ]
        base = ", ".join(f"{value:.4g}" for value in np.atleast_1d(self.base_values))
        rest = len(self.names) - len(rows)
        more = f" {rest} columns add less." if rest else ""
        caption = (
            f"Mean size over rows, and the error in a row, by {self.method}. The parts add up to "
            f"the answer from {base} on.{more}"
        )
        head = ["column", "adds", "error", ""]
        noun = "row" if len(self) == 1 else "rows"
        return box(
            f"What each column adds to {self.unit}, {len(self):,} {noun}",
            table(head, rows, caption=caption),
        )

    def __repr__(self) -> str:
        width = max(map(len, self.names[:_SHOWN]))
        typical = self._typical_errors
        base = ", ".join(f"{value:.4g}" for value in np.atleast_1d(self.base_values))
        lines = [
            f"Attributions of {self.unit}: {len(self)} rows by {self.method}",
            f"base {base}; mean size of what each column adds, ± error in a row",
        ]
        for k in self.order[:_SHOWN]:
            lines.append(f"  {self.names[k]:{width}}  {self.mean_sizes[k]:.4g} ± {typical[k]:.2g}")
        if len(self.names) > _SHOWN:
            lines.append(f"  ... and {len(self.names) - _SHOWN} more")
        return "\n".join(lines)
