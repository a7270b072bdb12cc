"""Other kinds of models on the same table, from scikit-learn: a linear one and boosted trees.

They get the table as suits them: the linear model the encoder's inputs with every level apart, the
trees plain numbers with their gaps and the levels of categories as such.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from chainrule.table.column import BOOLEAN, CATEGORY, DURATION, NUMERIC, Column
from chainrule.table.encode.encoder import Encoder
from chainrule.table.frame import Table

_MOST_LEVELS = 254  # that the trees keep apart
_ALPHAS = np.logspace(-3, 3, 13)


class Peer(Protocol):
    """A model that learns a table."""

    def fit(self, table: Table, y: np.ndarray) -> Peer:
        """Learn; class numbers or numbers."""
        ...

    def answers(self, table: Table) -> np.ndarray:
        """Probabilities (n, n_classes) or numbers (n,)."""
        ...


class LinearPeer:
    """Logistic regression, or ridge regression whose penalty cross-validation chooses."""

    def __init__(self, is_classifier: bool, random_state: int) -> None:
        self._is_classifier = is_classifier

    def fit(self, table: Table, y: np.ndarray) -> LinearPeer:
        """Learn; class numbers or numbers."""
        from sklearn.linear_model import LogisticRegression, RidgeCV
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        self._encoder, _ = Encoder.fit(table)
        model = LogisticRegression(max_iter=1_000) if self._is_classifier else RidgeCV(_ALPHAS)
        self._model = make_pipeline(StandardScaler(), model).fit(self._inputs(table), y)
        return self

    def answers(self, table: Table) -> np.ndarray:
        """Probabilities (n, n_classes) or numbers (n,)."""
        return _answers(self._model, self._inputs(table), self._is_classifier)

    def _inputs(self, table: Table) -> np.ndarray:
        """The encoder's inputs; an index becomes a column a level."""
        inputs, _ = self._encoder.transform(table, np.float64)
        counts = self._encoder.level_counts
        plain = inputs.shape[1] - len(counts)
        apart = [
            np.equal.outer(inputs[:, plain + k], np.arange(count + 1)).astype(np.float64)
            for k, count in enumerate(counts)
        ]
        return np.concatenate([inputs[:, :plain], *apart], axis=1)


class TreesPeer:
    """Boosted trees on histograms, with scikit-learn's defaults."""

    def __init__(self, is_classifier: bool, random_state: int) -> None:
        self._is_classifier = is_classifier
        self._seed = random_state

    def fit(self, table: Table, y: np.ndarray) -> TreesPeer:
        """Learn; class numbers or numbers."""
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        self._encoder, _ = Encoder.fit(table)
        self._levels: dict[str, dict[Any, int]] = {}
        for column in self._columns(table):
            if column.kind in (BOOLEAN, CATEGORY) and len(column.levels) <= _MOST_LEVELS:
                self._levels[column.name] = {level: k for k, level in enumerate(column.levels)}
        kind = (
            HistGradientBoostingClassifier if self._is_classifier else HistGradientBoostingRegressor
        )
        inputs, is_level = self._inputs(table)
        model = kind(categorical_features=is_level, random_state=self._seed)
        self._model = model.fit(inputs, y)
        return self

    def answers(self, table: Table) -> np.ndarray:
        """Probabilities (n, n_classes) or numbers (n,)."""
        return _answers(self._model, self._inputs(table)[0], self._is_classifier)

    def _columns(self, table: Table) -> list[Column]:
        return [table.column(table.names.index(name)) for name in self._encoder.column_names]

    def _inputs(self, table: Table) -> tuple[np.ndarray, np.ndarray]:
        """One column each, several of dates and texts; and which of them are levels."""
        encoded, _ = self._encoder.transform(table, np.float64)
        places = np.array(self._encoder.input_columns)
        parts, is_level = [np.empty((table.n_rows, 0))], []
        for column in self._columns(table):
            levels = self._levels.get(column.name)
            if levels is not None:
                codes = [float(levels.get(level, np.nan)) for level in column.levels]
                part = np.array([*codes, np.nan])[column.values][:, None]
            elif column.kind in (NUMERIC, DURATION):
                part = column.values[:, None]
            else:
                part = encoded[:, places == column.name]
            parts.append(part)
            is_level += [levels is not None] * part.shape[1]
        return np.concatenate(parts, axis=1), np.array(is_level, bool)


PEERS: dict[str, type[LinearPeer] | type[TreesPeer]] = {
    "boosted trees": TreesPeer,
    "linear": LinearPeer,
}


def _answers(model: Any, inputs: np.ndarray, is_classifier: bool) -> np.ndarray:
    found: np.ndarray = model.predict_proba(inputs) if is_classifier else model.predict(inputs)
    return found
