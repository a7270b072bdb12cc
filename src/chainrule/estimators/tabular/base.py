"""What the two Tabular estimators share: from the user's table to trained networks and back."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from types import MappingProxyType
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted

from chainrule import engine
from chainrule.errors import DataError, DataNotice, DivergedError, SpecError
from chainrule.estimators.arguments import plain
from chainrule.estimators.tabular.arguments import check_tabular
from chainrule.estimators.tabular.arrangement import Arrangement
from chainrule.estimators.tabular.ensemble import Member
from chainrule.estimators.tabular.evaluation import Evaluation
from chainrule.estimators.tabular.fitted import FittedModel
from chainrule.estimators.tabular.folds import Fold
from chainrule.estimators.tabular.honest import held_out, validation
from chainrule.estimators.tabular.nested import Recorded
from chainrule.estimators.tabular.optimization import Optimization
from chainrule.estimators.tabular.plan import plan, within_limit
from chainrule.estimators.tabular.ranges import range_notice, ranges_of
from chainrule.estimators.tabular.recipe import resolve
from chainrule.estimators.tabular.rows import KeptRows, Rows
from chainrule.estimators.tabular.splits import read_splits
from chainrule.estimators.tabular.trained_rows import TrainedRows
from chainrule.estimators.weights import read_weights
from chainrule.explain.diagnosis.course import warn_of_clear_fault
from chainrule.files.checkpoint import Checkpoint, checkpoint_of
from chainrule.metrics.functions import function_metric
from chainrule.spec.shorthand import number_type
from chainrule.table.encode.encoder import Encoder
from chainrule.table.frame import Table, as_table


class TabularModel(FittedModel):
    """A table in, networks trained by the recipe inside; see `TabularClassifier`."""

    _task: ClassVar[str]
    # Fields of `Recipe` to replace, for experiments.
    _recipe: Mapping[str, Any] = MappingProxyType({})

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        eval_set: Any,
        eval_sample_weight: Any,
        *,
        groups: Any = None,
        time: Any = None,
        checkpoint: Any = None,
    ) -> Self:
        start = perf_counter()
        self.__dict__.pop("members_", None)  # whatever fails below, nothing is left half replaced
        arguments = self.get_params(deep=False)
        check_tabular(arguments)
        saved = checkpoint_of(checkpoint)
        dtype, seed = number_type(self.dtype), _seed(self.random_state, saved)
        table, raw, weights, kept = self._read(X, y, sample_weight)
        arrangement = Arrangement.read(groups, time, kept.n_rows).take(kept.rows)
        if table.n_rows < 2:
            raise DataError("X has 1 sample (n_samples = 1); at least 2 are needed to train.")
        self._target = target = self._target_type.fit(raw, weights, arguments)
        encoded = target.encode(raw)
        if callable(self.metric):
            arguments["metric"] = function_metric(
                self.metric,
                self.greater_is_better,
                assumed=False,
                trial=lambda: target.trial(raw, weights),
            )
        if self.cv is not None and self.validation_fraction != 0:
            arrangement = self._split(arrangement, kept, target.strata(encoded), seed)
            arguments["n_members"] = self.n_members or len(arrangement.splits)
        recipe = resolve(arguments, self._task, self._recipe)
        self.encoder_, notices = Encoder.fit(
            table,
            weights,
            self.categorical_features,
            recipe.one_hot_limit,
            drop_identifiers=self.drop_identifiers,
            hash_seed=seed if self.hash_categories else None,
        )
        _notify(notices, stacklevel=4)
        self._weighted = weights is not None
        self.n_features_in_ = table.n_columns
        self.__dict__.pop("feature_names_in_", None)
        if table.strings:
            self.feature_names_in_ = np.array(table.names, dtype=object)

        inputs, _ = self.encoder_.transform(table, dtype)
        known = target.row_weights(encoded, weights)
        rows = Rows(inputs, encoded, raw, known, arrangement.groups)
        own = self._own_validation(eval_set, eval_sample_weight, dtype)
        job = plan(recipe, self.encoder_, target, rows, own, seed, arguments, arrangement)
        job = replace(job, checkpoint=saved)
        job = within_limit(job, recipe, start, arguments)
        limit = plain(self.time_limit)
        self.spec_, self.training_ = job.spec, replace(job.training, time_limit=limit)
        self._known_rows = TrainedRows.of(inputs, encoded)
        self._baseline = target.baseline(raw, weights)
        self._ranges = ranges_of(inputs, self.encoder_.n_numbers)
        records = job.records()
        folds = self._train(job, records)
        self._validate(replace(job, folds=folds), records, arguments, weights, kept)
        if self.refit:
            self.members_ = [job.refitted(member) for member in self.members_]
            self._target = self._target.refitted()
        return self

    def _split(
        self, arrangement: Arrangement, kept: KeptRows, codes: np.ndarray | None, seed: int
    ) -> Arrangement:
        """The rows of each network as `cv` says."""
        if arrangement.order is not None:
            raise DataError("time and cv cannot both say which rows are held out.")
        if self.validation_fraction is not None:
            raise SpecError("cv and validation_fraction cannot both say which rows are held out.")
        splits = read_splits(self.cv, kept, codes, arrangement.groups, seed)
        if self.n_members is not None and self.n_members > len(splits):
            raise SpecError(
                f"n_members={self.n_members} goes beyond the {len(splits)} splits of cv; a "
                "network trains on each."
            )
        return replace(arrangement, splits=splits)

    def _train(self, job: Optimization, records: list[Recorded | None]) -> list[Fold]:
        """Fill `members_`; the folds of those, whose records alone stay."""
        try:
            results = job.run(int(self.verbose), records)
        except DivergedError as error:  # what was learned before that can still be looked at
            self.members_ = [Member(error.result.params, error.result.history)]
            raise
        warn_of_clear_fault(results[0].history, job.training, stacklevel=5)
        begun = [result.history.n_epochs > 0 for result in results]
        # Ctrl-C may come before the last ones begin.
        kept = [number for number, has in enumerate(begun) if has or not any(begun)]
        self.members_ = [job.member(results[number], job.folds[number]) for number in kept]
        records[:] = [records[number] for number in kept]
        return [job.folds[number] for number in kept]

    def _validate(
        self,
        job: Optimization,
        records: list[Recorded | None],
        arguments: Mapping[str, Any],
        weights: np.ndarray | None,
        kept: KeptRows,
    ) -> None:
        """What the target learns from the rows that chose the epochs, and how it answers them."""
        for name in ("validation_", "_out_of_fold", "_scores"):
            self.__dict__.pop(name, None)
        known = job.validation_rows(self.members_)
        if known is None:
            return
        if self._target.reads_logits:
            outputs = [
                self._forward_one(
                    member, rows.inputs if job.own else job.rows.inputs[member.eval_rows]
                )
                for member, rows in zip(self.members_, known, strict=True)
            ]
            self._target = self._target.adjusted(outputs, known, arguments)
        held = held_out(self._target, job, known, self.members_, records, arguments)
        if not held:
            return
        if not self._target.reads_logits:
            self._target = self._target.adjusted(
                [part.outputs for part in held], [part.rows for part in held], arguments
            )
        self.validation_, out_of_fold = validation(
            self._target, job, self.members_, held, self._forward_one, weights
        )
        if out_of_fold is not None:
            self._out_of_fold = kept.spread(out_of_fold)

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

    def _own_validation(self, eval_set: Any, weights: Any, dtype: str) -> Rows | None:
        """The rows of an `eval_set`."""
        if eval_set is None:
            if weights is not None:
                raise DataError("eval_sample_weight goes with eval_set; pass eval_set=(X, y).")
            return None
        if not isinstance(eval_set, tuple | list) or len(eval_set) != 2:
            raise DataError("eval_set must be a pair (X, y).")
        X, y = eval_set
        return self._new_rows(X, y, weights, dtype, "eval_")

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
        _notify(notices)
        return inputs

    def evaluate(self, X: Any, y: Any, sample_weight: Any = None) -> Evaluation:
        """Scores on rows whose answers are known, beside the answer that needs no columns.

        Parameters
        ----------
        X, y : table and targets
            As for `fit`; rows that the model was trained on tell nothing (`n_trained_rows`).
        sample_weight : array of shape (n_samples,), optional
            At least 0. Default: 1 for every row.

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
        self._target.encode(raw)  # refuses classes that training had not
        answers = self._target.decode(self._forward(self._encode(table, self._dtype)))
        baseline = self._baseline
        if baseline is None:
            baseline = self._target.baseline(raw, weights)
        return Evaluation(
            "the rows given", kept.rows, raw, answers, weights, None, baseline, self._target
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
            _notify([f"X does not have valid feature names, but {name} {was}"])
        if table.strings or (table.named and not table.numbered):
            _notify([f"X has feature names, but {name} was fitted without feature names"])

    def _outputs(self, X: Any) -> list[np.ndarray]:
        """What the target reads of a table's rows, z(L) or a(L): (n, n_outputs) per member."""
        check_is_fitted(self)
        inputs = self._encode(as_table(X), self._dtype)
        if self._ranges is not None:
            told = range_notice(
                inputs, self._ranges, self.encoder_.input_columns, clipped=self._target.is_clipped
            )
            _notify([told] if told else [])
        return self._forward(inputs)

    def _forward(self, inputs: np.ndarray, n_threads: int | None = None) -> list[np.ndarray]:
        """The same of encoded rows."""
        outputs = (self._forward_one(member, inputs, n_threads) for member in self.members_)
        return [*map(engine.finite_outputs, outputs)]

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


def _seed(random_state: Any, saved: Checkpoint | None) -> int:
    if isinstance(random_state, int | np.integer) and not isinstance(random_state, bool):
        return int(random_state)

    def draw() -> int:
        return int(check_random_state(random_state).randint(0, 1 << 32, dtype=np.uint64))

    return draw() if saved is None else int(saved.remembered("seed", draw))


def _notify(notices: list[str], stacklevel: int = 5) -> None:
    for notice in notices:
        warnings.warn(notice, DataNotice, stacklevel=stacklevel)
