"""From the user's table to answers: what a fitted Tabular estimator does with new rows."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from chainrule import engine
from chainrule.errors import DataError, DataNotice, warn_caller
from chainrule.estimators.arguments import plain
from chainrule.estimators.tabular.arrangement import Arrangement
from chainrule.estimators.tabular.ensemble import Member
from chainrule.estimators.tabular.evaluation import Evaluation
from chainrule.estimators.tabular.fitted import FittedModel
from chainrule.estimators.tabular.ranges import range_notice
from chainrule.estimators.tabular.rows import KeptRows, Rows
from chainrule.estimators.weights import read_weights
from chainrule.table.frame import Table, as_table


class AnsweringModel(FittedModel):
    """A table in, answers out; see `TabularClassifier`."""

    n_threads: Any

    def _read(
        self, X: Any, y: Any, weights: Any, prefix: str = ""
    ) -> tuple[Table, np.ndarray, np.ndarray | None, KeptRows]:
        """The table, its target and its weights, without the rows of weight 0."""
        table = as_table(X)
        raw = self._target_type.read(y, table.n_rows, f"{prefix}y")
        known = read_weights(weights, table.n_rows, f"{prefix}sample_weight")
        every = KeptRows(np.arange(table.n_rows), table.n_rows)
        if known is not None and not known.all():
            kept = np.flatnonzero(known)
            every = KeptRows(kept, table.n_rows)
            table, raw, known = table.take(kept), raw[kept], known[kept]
        return table, raw, known, every

    def _new_rows(self, X: Any, y: Any, sample_weight: Any, dtype: Any, prefix: str = "") -> Rows:
        """Rows other than those of training, with their targets."""
        table, raw, weights, _ = self._read(X, y, sample_weight, prefix)
        encoded = self._target.encode(raw, f"{prefix}y")
        weights = self._target.row_weights(encoded, weights)
        return Rows(self._encode(table, dtype), encoded, raw, weights)

    def _encode(self, table: Table, dtype: Any) -> np.ndarray:
        """Inputs of the network for rows other than those of training."""
        self._check_columns(table)
        inputs, notices = self.encoder_.transform(table, dtype)
        notify(notices)
        return inputs

    def evaluate(
        self, X: Any, y: Any, sample_weight: Any = None, *, groups: Any = None, time: Any = None
    ) -> Evaluation:
        """Scores on rows whose answers are known, beside the answer that needs no columns.

        Parameters
        ----------
        X, y : table and targets
            As for `fit`; rows that the model was trained on tell nothing (`n_trained_rows`).
        sample_weight : array of shape (n_samples,), optional
            At least 0. Default: 1 for every row.
        groups, time : arrays of shape (n_samples,), optional
            As for `fit`: intervals then know that rows of a group, or neighbours in time, are not
            independent.

        Returns
        -------
        Evaluation
            `.scores()` gives each metric with a bootstrap interval and the baseline's.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError
            Naming the column, row or argument that cannot be used.
        """
        check_is_fitted(self)
        table, raw, weights, kept = self._read(X, y, sample_weight)
        clusters = Arrangement.known(groups, time, kept.n_rows).clusters(kept.rows)
        self._target.encode(raw)  # refuses classes that training had not
        answers = self._target.decode(self._forward(self._encode(table, self._dtype)))
        baseline = self._baseline
        if baseline is None:
            baseline = self._target.baseline(raw, weights)
        return Evaluation(
            "the rows given", kept.rows, raw, answers, weights, clusters, baseline, self._target
        )

    def n_trained_rows(self, X: Any, y: Any) -> int:
        """About how many of these rows the model was trained or validated on.

        From hashes kept in the model, so that it works after loading, too.

        Parameters
        ----------
        X, y : table and targets
            As for `fit`.

        Returns
        -------
        int
            0 where it is not known, or where new rows often equal old ones by chance.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError
            Naming the column or row that cannot be used.
        """
        check_is_fitted(self)
        if self._known_rows is None:
            return 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataNotice)
            rows = self._new_rows(X, y, None, self._dtype)
        return self._known_rows.n_known(rows.inputs, rows.target)

    def _check_columns(self, table: Table) -> None:
        """scikit-learn's words where names or numbers of columns do not fit together."""
        if self.encoder_.finds_by_name(table):
            return
        named, name = hasattr(self, "feature_names_in_"), type(self).__name__
        if table.n_columns != self.n_features_in_:
            raise DataError(
                f"X has {table.n_columns} features, but {name} is expecting "
                f"{self.n_features_in_} features as input."
            )
        if named:
            was = "was fitted with feature names"
            notify([f"X does not have valid feature names, but {name} {was}"])
        if table.strings or (table.named and not table.numbered):
            notify([f"X has feature names, but {name} was fitted without feature names"])

    def _outputs(self, X: Any) -> list[np.ndarray]:
        """What the target reads of a table's rows, z(L) or a(L): (n, n_outputs) per member."""
        check_is_fitted(self)
        inputs = self._encode(as_table(X), self._dtype)
        if self._ranges is not None:
            told = range_notice(
                inputs, self._ranges, self.encoder_.input_columns, clipped=self._target.is_clipped
            )
            notify([told] if told else [])
        return self._forward(inputs)

    def _forward(self, inputs: np.ndarray, n_threads: int | None = None) -> list[np.ndarray]:
        """The same of encoded rows."""
        logits, threads = self._target.reads_logits, n_threads or plain(self.n_threads)
        found = []
        for place, member in enumerate(self.members_):
            predictor = engine.kept_predictor(self, self.spec_, member.params, place)
            outputs = predictor(inputs, logits=logits, n_threads=threads)
            found.append(engine.finite_outputs(outputs))
        return found

    def _forward_one(
        self, member: Member, inputs: np.ndarray, n_threads: int | None = None
    ) -> np.ndarray:
        logits, threads = self._target.reads_logits, n_threads or plain(self.n_threads)
        return engine.predict(self.spec_, member.params, inputs, logits=logits, n_threads=threads)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.sparse = True
        tags.input_tags.categorical = True
        # Text columns are welcome too. The tag stays False because scikit-learn then expects a
        # dictionary inside a cell to be accepted, and here it is refused by name.
        tags.input_tags.string = False
        tags.target_tags.multi_output = True
        return tags


def notify(notices: Sequence[str]) -> None:
    """Tell the caller of this library."""
    for notice in notices:
        warn_caller(notice)
