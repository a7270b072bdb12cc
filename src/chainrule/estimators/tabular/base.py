"""How the two Tabular estimators train: from the user's table to networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from types import MappingProxyType
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.utils import check_random_state

from chainrule import engine
from chainrule.errors import DataError, DivergedError, SpecError
from chainrule.estimators.arguments import plain
from chainrule.estimators.tabular.answering import AnsweringModel, notify
from chainrule.estimators.tabular.arguments import check_tabular
from chainrule.estimators.tabular.arrangement import Arrangement
from chainrule.estimators.tabular.before import Before
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.ensemble import Member
from chainrule.estimators.tabular.folds import Fold
from chainrule.estimators.tabular.honest import held_out, validation
from chainrule.estimators.tabular.nested import Recorded
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.estimators.tabular.optimization import Optimization, Watch
from chainrule.estimators.tabular.plan import plan, within_limit
from chainrule.estimators.tabular.ranges import ranges_of
from chainrule.estimators.tabular.recipe import resolve
from chainrule.estimators.tabular.rows import KeptRows, Rows
from chainrule.estimators.tabular.splits import read_splits
from chainrule.estimators.tabular.trained_rows import TrainedRows
from chainrule.explain.diagnosis.course import warn_of_clear_fault
from chainrule.files.checkpoint import Checkpoint, checkpoint_of
from chainrule.metrics.functions import function_metric
from chainrule.spec.shorthand import training_type
from chainrule.table.encode.encoder import Encoder
from chainrule.table.frame import Table


class TabularModel(AnsweringModel):
    """A table in, networks trained by the recipe inside; see `TabularClassifier`."""

    _task: ClassVar[str]
    # Fields of `Recipe` to replace, for experiments.
    _recipe: Mapping[str, Any] = MappingProxyType({})
    # Called after each epoch of each network, by a search that may stop it.
    _watch: Watch | None = None

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        eval_set: Any = None,
        eval_sample_weight: Any = None,
        groups: Any = None,
        time: Any = None,
        checkpoint: Any = None,
    ) -> Self:
        """Train on a table.

        Parameters
        ----------
        X : data frame, mapping of arrays, array, sparse matrix or list, (n_samples, n_features)
        y : array, series or list of shape (n_samples,), or of several columns
            Of a classifier labels, or 0/1 columns for several labels at once; of a regressor
            numbers, a column for each target.
        sample_weight : array of shape (n_samples,), optional
            At least 0; a row of weight 0 is as if it were not there. Default: 1 for every row.
        eval_set : pair (X, y), optional
            Rows that choose the epoch instead of a share of the training rows.
        eval_sample_weight : array of shape (n_validation,), optional
            Weights of those rows. Default: 1 for every row.
        groups : array of shape (n_samples,), optional
            Rows of one group, such as the visits of a patient, are held out of training together:
            epochs, temperatures, scores and intervals are then those of new groups, of which there
            are fewer than rows.
        time : array of numbers or datetimes of shape (n_samples,), optional
            When each row was. The last rows, `validation_fraction` of all, are held out of every
            network's training: epochs, temperatures, scores and intervals are then those of a
            stretch of so many rows right after training. Of a farther future they say less.
        checkpoint : str, path or Checkpoint, optional
            A file that keeps every 30 seconds where the training stands. Where it is there already,
            `fit` goes on from it, and ends with the same bits as without a break; it refuses one of
            other rows or settings.

        Returns
        -------
        self

        Raises
        ------
        DataError, SpecError
            Naming the argument, column or row.
        DivergedError
            When numbers become infinite or NaN, at three lower rates too; `history_` and `diagnose`
            tell how.
        """
        with self._fit_task(X, y, sample_weight):
            return self._fit(
                X,
                y,
                sample_weight,
                eval_set,
                eval_sample_weight,
                groups=groups,
                time=time,
                checkpoint=checkpoint,
            )

    def _fit(self, *rows: Any, **arrangement: Any) -> Self:
        """Train on the rows of `_train_on`, from new networks or with `warm_start` from the last.

        A fit that goes on and fails leaves the model as it was; numbers that leave the finite ones
        leave the finite part to look at.
        """
        if plain(self.warm_start) is not True or not hasattr(self, "members_"):
            self.__dict__.pop("members_", None)  # whatever fails, nothing is left half replaced
            return self._train_on(None, *rows, **arrangement)
        kept = dict(vars(self))
        before = Before(self.spec_, self.members_, self._target, self._ranges, self._known_rows)
        try:
            return self._train_on(before, *rows, **arrangement)
        except DivergedError:
            raise
        except BaseException:
            self.__dict__.clear()
            self.__dict__.update(kept)
            raise

    def _train_on(
        self,
        before: Before | None,
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
        arguments = self.get_params(deep=False)
        check_tabular(arguments)
        saved = checkpoint_of(checkpoint)
        (dtype, bfloat16), seed = training_type(self.dtype), _seed(self.random_state, saved)
        if bfloat16:
            engine.check_bfloat16()
        table, raw, weights, kept = self._read(X, y, sample_weight)
        arrangement = Arrangement.read(groups, time, kept.n_rows).take(kept.rows)
        if table.n_rows < 2:
            raise DataError("X has 1 sample (n_samples = 1); at least 2 are needed to train.")
        target: ClassTarget | NumberTarget = (
            self._target_type.fit(raw, weights, arguments)
            if before is None
            else before.target.continued(raw, weights, arguments)
        )
        self._target = target
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
        if before is None:
            inputs = self._encoded(table, weights, recipe.one_hot_limit, seed, dtype)
        else:
            inputs = self._encode(table, dtype)
            notify([told] if (told := before.told(inputs, encoded)) else [])
        self._weighted = weights is not None
        known = target.row_weights(encoded, weights)
        rows = Rows(inputs, encoded, raw, known, arrangement.groups)
        own = self._own_validation(eval_set, eval_sample_weight, dtype)
        job = plan(recipe, self.encoder_, target, rows, own, seed, arguments, arrangement)
        job = replace(job, spec=replace(job.spec, bfloat16=bfloat16), checkpoint=saved)
        if before is not None:
            starts = before.starts(job.spec, len(job.folds), inputs.dtype)
            job = replace(job, starts=starts)
        job = within_limit(job, recipe, start, arguments)
        limit = plain(self.time_limit)
        self.spec_, self.training_ = job.spec, replace(job.training, time_limit=limit)
        known_rows = TrainedRows.of(inputs, encoded)
        self._known_rows = known_rows if before is None else before.all_rows(known_rows)
        self._baseline = target.baseline(raw, weights)
        ranges = ranges_of(inputs, self.encoder_.n_numbers)
        self._ranges = ranges if before is None else before.all_ranges(ranges)
        records = job.records()
        folds = self._train(job, records)
        self._validate(replace(job, folds=folds), records, arguments, weights, kept)
        if self.refit:
            self.members_ = [job.refitted(member) for member in self.members_]
            self._target = self._target.refitted()
        return self

    def _encoded(
        self,
        table: Table,
        weights: np.ndarray | None,
        one_hot_limit: int | None,
        seed: int,
        dtype: str,
    ) -> np.ndarray:
        """Inputs of the network, for columns that are new."""
        self.encoder_, notices = Encoder.fit(
            table,
            weights,
            self.categorical_features,
            one_hot_limit,
            drop_identifiers=self.drop_identifiers,
            hash_seed=seed if self.hash_categories else None,
        )
        notify(notices)
        self.n_features_in_ = table.n_columns
        self.__dict__.pop("feature_names_in_", None)
        if table.strings:
            self.feature_names_in_ = np.array(table.names, dtype=object)
        return self.encoder_.transform(table, dtype)[0]

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
            results = job.run(int(self.verbose), records, self._watch)
        except DivergedError as error:  # what was learned before that can still be looked at
            self.members_ = [Member(error.result.params, error.result.history)]
            raise
        warn_of_clear_fault(results[0].history, job.training)
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


def _seed(random_state: Any, saved: Checkpoint | None) -> int:
    if isinstance(random_state, int | np.integer) and not isinstance(random_state, bool):
        return int(random_state)

    def draw() -> int:
        return int(check_random_state(random_state).randint(0, 1 << 32, dtype=np.uint64))

    return draw() if saved is None else int(saved.remembered("seed", draw))
