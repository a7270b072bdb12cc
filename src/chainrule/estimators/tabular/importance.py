"""Permutation importance: how much worse predictions become when one column is shuffled.

    importance of column j = error with the rows of j permuted - error

The mean over several permutations; Breiman 2001, as in scikit-learn's `permutation_importance`,
whose permutations these are. All inputs of the network that a column makes move together, so that
the table is encoded once, and columns are tried in parallel.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_random_state

from chainrule.engine import machine
from chainrule.errors import SpecError
from chainrule.estimators.arguments import (
    FUNCTION,
    NONE,
    TEXT,
    check_arguments,
    either,
    plain,
    seeds,
    whole,
)
from chainrule.estimators.weights import read_weights
from chainrule.explain.render.box import bar, box
from chainrule.explain.render.markup import name, table
from chainrule.metrics.functions import function_metric
from chainrule.table.frame import as_table

if TYPE_CHECKING:
    from chainrule.estimators.tabular.base import TabularModel

_SHOWN = 20
_BLOCK_ROWS = 1 << 14

_RULES = {
    "n_repeats": whole(1),
    "metric": either(TEXT, FUNCTION, NONE),
    "random_state": seeds(32),
}


@dataclass(frozen=True)
class FeatureImportance:
    """Columns by their importance, the largest first.

    Attributes
    ----------
    names : tuple of str
    mean, std : ndarray, shape (n_features,)
        Over the permutations; population standard deviation.
    values : ndarray, shape (n_features, n_repeats)
    metric : str
        What the error is; "score" is 1 - score(X, y).
    """

    names: tuple[str, ...]
    values: np.ndarray
    metric: str

    @property
    def mean(self) -> np.ndarray:
        """Of each column the mean over the permutations."""
        return np.asarray(self.values.mean(axis=1))

    @property
    def std(self) -> np.ndarray:
        """Of each column the population standard deviation over the permutations."""
        return np.asarray(self.values.std(axis=1))

    def to_dict(self) -> dict[str, list[Any]]:
        """Columns of a table: `pandas.DataFrame(result.to_dict())` or any other library's.

        Returns
        -------
        dict of str to list
            "feature", "mean" and "std".
        """
        return {
            "feature": list(self.names),
            "mean": self.mean.tolist(),
            "std": self.std.tolist(),
        }

    def _repr_html_(self) -> str:
        """The columns by their importance, with bars."""
        shown = list(zip(self.names, self.mean, self.std, strict=True))[:_SHOWN]
        low, high = (float(end) for end in (self.mean.min(initial=0), self.mean.max(initial=0)))
        rows = [
            [name(column), f"{mean:.4f}", f"± {std:.4f}", bar(mean, low, high)]
            for column, mean, std in shown
        ]
        error = "1 − score" if self.metric == "score" else self.metric
        rest = len(self.names) - len(shown)
        more = f" {rest} columns matter less." if rest else ""
        caption = (
            f"How much the error ({error}) grows when a column's rows are shuffled: mean and "
            f"standard deviation of {self.values.shape[1]} permutations.{more}"
        )
        head = ["column", "importance", "deviation", ""]
        return box("Importance of columns", table(head, rows, caption=caption))

    def __repr__(self) -> str:
        n_repeats = self.values.shape[1]
        width = max(map(len, self.names[:_SHOWN]))
        lines = [f"FeatureImportance by {self.metric}, {n_repeats} permutations of each column"]
        for column, mean, std in zip(self.names[:_SHOWN], self.mean, self.std, strict=False):
            lines.append(f"  {column:{width}}  {mean: .4f} ± {std:.4f}")
        if len(self.names) > _SHOWN:
            lines.append(f"  ... and {len(self.names) - _SHOWN} more")
        return "\n".join(lines)


def feature_importance(
    model: TabularModel,
    X: Any,
    y: Any,
    sample_weight: Any,
    n_repeats: int,
    metric: Any,
    random_state: Any,
) -> FeatureImportance:
    """Of a fitted model's columns on these rows; see `ColumnsModel.feature_importance`.

    Raises `SpecError` for an argument that cannot be, and for weights beside a metric that is a
    function.
    """
    check_arguments(
        _RULES, {"n_repeats": n_repeats, "metric": metric, "random_state": random_state}
    )
    if callable(metric) and sample_weight is not None:
        raise SpecError(
            "a metric that is a function knows no sample_weight; leave one of them out."
        )
    table, target = as_table(X), model._target
    truth = target.read(y, table.n_rows)
    weights = read_weights(sample_weight, table.n_rows)
    inputs = model._encode(table, model._dtype)

    def error(places: np.ndarray, order: np.ndarray) -> float:
        """With the inputs at `places` taken from the rows in this order."""
        blocks = []
        for start in range(0, len(inputs), _BLOCK_ROWS):
            block = inputs[start : start + _BLOCK_ROWS].copy()
            block[:, places] = inputs[np.ix_(order[start : start + _BLOCK_ROWS], places)]
            blocks.append(model._forward(block, n_threads=1))
        predicted = target.decode([np.concatenate(member) for member in zip(*blocks, strict=True)])
        if of_function is not None:
            return of_function.error(truth, predicted, classes)
        return target.error(metric, truth, predicted, weights)

    of_function, classes = None, None
    if callable(metric):
        given = model.greater_is_better if metric is model.metric else None
        of_function = function_metric(
            metric, given, assumed=False, trial=lambda: target.trial(truth, weights)
        )
        classes = target.trial(truth, weights)[3]
    names = model.encoder_.column_names
    columns = np.array(model.encoder_.input_columns)
    orders = _orders(len(inputs), n_repeats, random_state)
    whole = error(np.arange(0), orders[0])

    def of_column(name: str) -> list[float]:
        places = np.flatnonzero(columns == name)
        if not len(places):  # the network does not use it
            return [0.0] * n_repeats
        return [error(places, order) - whole for order in orders]

    with ThreadPoolExecutor(plain(model.n_threads) or machine()["n_threads"]) as pool:
        values = np.array(list(pool.map(of_column, names)))
    ranks = np.argsort(-values.mean(axis=1), kind="stable")
    return FeatureImportance(
        tuple(names[place] for place in ranks),
        values[ranks],
        "score" if metric is None else getattr(metric, "__name__", str(metric)),
    )


def _orders(n_rows: int, n_repeats: int, random_state: Any) -> list[np.ndarray]:
    """The permutations, the same for every column; scikit-learn shuffles what is shuffled again."""
    seed = check_random_state(random_state).randint(np.iinfo(np.int32).max + 1)
    random, shuffled, order = np.random.RandomState(seed), np.arange(n_rows), np.arange(n_rows)
    orders = []
    for _ in range(n_repeats):
        random.shuffle(shuffled)
        order = order[shuffled]
        orders.append(order)
    return orders
