"""What the two Tabular estimators share: from the user's table to a trained network and back."""

from __future__ import annotations

import copy
import os
import time
import warnings
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted

from chainrule import engine
from chainrule.errors import DataError, DataNotice, DivergedError, ModelFileError, SpecError
from chainrule.estimators.arguments import plain
from chainrule.estimators.callbacks import FitTasks
from chainrule.estimators.saved import arguments_from_json, arguments_to_json
from chainrule.estimators.tabular.arguments import check_tabular
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.ensemble import Member, training_of
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.estimators.tabular.optimization import Optimization
from chainrule.estimators.tabular.plan import plan, validation_rows, within_limit
from chainrule.estimators.tabular.recipe import resolve
from chainrule.estimators.tabular.rows import Rows
from chainrule.estimators.weights import read_weights
from chainrule.explain.derivation.names import Names
from chainrule.explain.diagnosis.course import warn_of_clear_fault
from chainrule.files import ModelRecord, save_model
from chainrule.network.network import Network
from chainrule.spec import CategoryEmbedding, History, NetworkSpec, PeriodicEmbedding, TrainingSpec
from chainrule.spec.shorthand import number_type
from chainrule.table.encode.encoder import Encoder
from chainrule.table.frame import Table, as_table


class TabularModel(FitTasks, BaseEstimator):  # type: ignore[misc]
    """A table in, a network trained by the recipe inside; see `TabularClassifier`."""

    _kind: ClassVar[str]
    _task: ClassVar[str]
    _target_type: ClassVar[type[ClassTarget] | type[NumberTarget]]
    _target: ClassTarget | NumberTarget
    # Fields of `Recipe` to replace, for experiments.
    _recipe: Mapping[str, Any] = MappingProxyType({})

    members_: list[Member]
    spec_: NetworkSpec
    training_: TrainingSpec | None

    def _fit(
        self, X: Any, y: Any, sample_weight: Any, eval_set: Any, eval_sample_weight: Any
    ) -> Self:
        start = time.perf_counter()
        self.__dict__.pop("members_", None)  # whatever fails below, nothing is left half replaced
        arguments = self.get_params(deep=False)
        check_tabular(arguments)
        recipe = resolve(arguments, self._task, self._recipe)
        dtype, seed = number_type(self.dtype), _seed(self.random_state)
        table, raw, weights = self._read(X, y, sample_weight)
        if table.n_rows < 2:
            raise DataError("X has 1 sample (n_samples = 1); at least 2 are needed to train.")
        self._target = target = self._target_type.fit(raw, weights, arguments)
        self.encoder_, notices = Encoder.fit(
            table, weights, self.categorical_features, recipe.one_hot_limit
        )
        _notify(notices, stacklevel=4)
        self.n_features_in_ = table.n_columns
        self.__dict__.pop("feature_names_in_", None)
        if table.named:
            self.feature_names_in_ = np.array(table.names, dtype=object)

        inputs, _ = self.encoder_.transform(table, dtype)
        encoded = target.encode(raw)
        rows = Rows(inputs, encoded, raw, target.row_weights(encoded, weights))
        own = self._own_validation(eval_set, eval_sample_weight, dtype)
        job = plan(recipe, self.encoder_, target, rows, own, seed, arguments)
        job = within_limit(job, recipe, start, arguments)
        limit = plain(self.time_limit)
        self.spec_, self.training_ = job.spec, replace(job.training, time_limit=limit)
        self._train(job)
        self._adjust(job, arguments)
        if self.refit:
            self.members_ = [job.refitted(member) for member in self.members_]
        return self

    def _train(self, job: Optimization) -> None:
        try:
            results = job.run(int(self.verbose))
        except DivergedError as error:  # what was learned before that can still be looked at
            self.members_ = [Member(error.result.params, error.result.history)]
            raise
        warn_of_clear_fault(results[0].history, job.training, stacklevel=5)
        begun = [result.history.n_epochs > 0 for result in results]
        self.members_ = [
            job.member(result, fold)
            for fold, result, has_begun in zip(job.folds, results, begun, strict=True)
            if has_begun or not any(begun)  # Ctrl-C may come before the last ones begin
        ]

    def _adjust(self, job: Optimization, arguments: Mapping[str, Any]) -> None:
        """What the target learns from the rows that chose the epochs."""
        outputs, held_out = [], []
        for member in self.members_:
            known = validation_rows(job.rows, job.own, member)
            if known is None:
                return
            inputs = known.inputs if job.own else job.rows.inputs[member.eval_rows]
            outputs.append(self._forward_one(member, inputs))
            held_out.append(known)
        self._target = self._target.adjusted(outputs, held_out, arguments)

    def _read(
        self, X: Any, y: Any, weights: Any, prefix: str = ""
    ) -> tuple[Table, np.ndarray, np.ndarray | None]:
        """The table, its target and its weights, without the rows of weight 0."""
        table = as_table(X)
        raw = self._target_type.read(y, table.n_rows, f"{prefix}y")
        known = read_weights(weights, table.n_rows, f"{prefix}sample_weight")
        if known is not None and not known.all():
            kept = np.flatnonzero(known)
            table, raw, known = table.take(kept), raw[kept], known[kept]
        return table, raw, known

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
        table, raw, weights = self._read(X, y, sample_weight, prefix)
        encoded = self._target.encode(raw, f"{prefix}y")
        weights = self._target.row_weights(encoded, weights)
        return Rows(self._encode(table, dtype), encoded, raw, weights)

    def _encode(self, table: Table, dtype: Any) -> np.ndarray:
        """Inputs of the network for rows other than those of training."""
        self._check_columns(table)
        inputs, notices = self.encoder_.transform(table, dtype)
        _notify(notices)
        return inputs

    def _check_columns(self, table: Table) -> None:
        """scikit-learn's words where names or numbers of columns do not fit together."""
        named, name = hasattr(self, "feature_names_in_"), type(self).__name__
        if named and table.named:
            return
        if table.n_columns != self.n_features_in_:
            raise DataError(
                f"X has {table.n_columns} features, but {name} is expecting "
                f"{self.n_features_in_} features as input."
            )
        if named:
            was = "was fitted with feature names"
            _notify([f"X does not have valid feature names, but {name} {was}"])
        if table.named:
            _notify([f"X has feature names, but {name} was fitted without feature names"])

    def _outputs(self, X: Any) -> list[np.ndarray]:
        """What the target reads of a table's rows, z(L) or a(L): (n, n_outputs) per member."""
        check_is_fitted(self)
        return self._forward(self._encode(as_table(X), self._dtype))

    def _forward(self, inputs: np.ndarray, n_threads: int | None = None) -> list[np.ndarray]:
        """The same of encoded rows."""
        return [self._forward_one(member, inputs, n_threads) for member in self.members_]

    def _forward_one(
        self, member: Member, inputs: np.ndarray, n_threads: int | None = None
    ) -> np.ndarray:
        logits, threads = self._target.reads_logits, n_threads or plain(self.n_threads)
        return engine.predict(self.spec_, member.params, inputs, logits=logits, n_threads=threads)

    def only(self, member: int) -> Self:
        """The model with one of its networks alone: its answers before they are averaged.

        Parameters
        ----------
        member : int
            From 0 to `n_members_` - 1.
        """
        self._check_member(member)
        model = copy.copy(self)
        model.members_ = [self.members_[member]]
        model._target = self._target.of_member(member)
        return model

    @property
    def _dtype(self) -> np.dtype[Any]:
        return self.members_[0].params["W1"].dtype

    @property
    def network_(self) -> Network:
        """The trained network, of several the first; on encoded inputs."""
        return self.member(0)

    @property
    def n_members_(self) -> int:
        """How many networks answer together."""
        check_is_fitted(self)
        return len(self.members_)

    def member(self, member: int) -> Network:
        """One of the networks, with copies of its parameters; on encoded inputs.

        Parameters
        ----------
        member : int
            From 0 to `n_members_` - 1.

        Raises
        ------
        SpecError
            Where there is none of that number.
        """
        self._check_member(member)
        chosen = self.members_[member]
        training = None if self.training_ is None else training_of(self.training_, member)
        params = {name: array.copy() for name, array in chosen.params.items()}
        record = ModelRecord("network", self.spec_, training, params, chosen.history)
        record.extra = {"random_state": training.seed if training else 0}
        network = Network.from_record(record)
        network.names = self._names
        return network

    def _check_member(self, member: Any) -> None:
        check_is_fitted(self)
        count = len(self.members_)
        if not isinstance(member, int) or isinstance(member, bool) or not 0 <= member < count:
            there = "one network, member 0" if count == 1 else f"members 0 to {count - 1}"
            raise SpecError(f"member {member!r} does not exist; this model has {there}.")

    @property
    def _names(self) -> Names:
        """What the network's inputs and outputs are called."""
        return Names(self.spec_, self.encoder_.input_names, self._target.output_names)

    @property
    def input_names_(self) -> tuple[str, ...]:
        """What each input of layer 1 is: `col`, `col?` (was missing), `col=level`, and of the
        embeddings `col~0` (a wave of a number) and `col#0` (a unit of a level)."""
        check_is_fitted(self)
        return self._names.layer_inputs

    @property
    def history_(self) -> History:
        """The course of training; of several networks that of the first, see `members_`."""
        check_is_fitted(self)
        return self.members_[0].history

    @property
    def loss_curve_(self) -> list[float]:
        """Training loss of every epoch, as in `history_`."""
        return self.history_.loss

    @property
    def validation_curve_(self) -> list[float]:
        """Validation loss after every epoch, as in `history_`; empty without validation rows."""
        return self.history_.validation_loss

    @property
    def best_epoch_(self) -> int | None:
        """The epoch whose parameters were kept, from 0, as in `history_`; None without validation
        rows."""
        return self.history_.best_epoch

    @property
    def n_epochs_(self) -> int:
        """Completed epochs of the network that trained longest."""
        check_is_fitted(self)
        return max(member.history.n_epochs for member in self.members_)

    @property
    def interrupted_(self) -> bool:
        """Whether Ctrl-C ended the training."""
        check_is_fitted(self)
        return any(member.history.interrupted for member in self.members_)

    def save(self, path: str | os.PathLike[str], *, notes: Mapping[str, Any] | None = None) -> None:
        """Write the model to one file; `chainrule.load` gives it back, bit for bit.

        Parameters
        ----------
        path : str or path
        notes : mapping, optional
            JSON values to keep in the file under keys that start with "x-"; they are never
            interpreted.
        """
        record = self.to_record()
        record.optional = dict(notes or {})
        save_model(path, record)

    def to_record(self) -> ModelRecord:
        """What a model file holds of this estimator."""
        check_is_fitted(self)
        first, *others = self.members_
        names = getattr(self, "feature_names_in_", None)
        return ModelRecord(
            self._kind,
            self.spec_,
            self.training_,
            first.params,
            first.history,
            extra={
                "arguments": arguments_to_json(self.get_params(deep=False)),
                "encoder": self.encoder_.to_json(),
                "feature_names": None if names is None else list(names),
                "target": self._target.to_json(),
            },
            others=[(member.params, member.history) for member in others],
        )

    @classmethod
    def from_record(cls, record: ModelRecord) -> Self:
        """The estimator that a model file describes."""
        extra = record.extra
        model = cls(**arguments_from_json(extra["arguments"]))
        encoder = model.encoder_ = Encoder.from_json(extra["encoder"])
        model.n_features_in_ = len(encoder.columns)
        if extra["feature_names"] is not None:
            model.feature_names_in_ = np.array(extra["feature_names"], dtype=object)
        target = model._target = cls._target_type.from_json(extra["target"])
        spec = model.spec_ = record.spec
        levels: tuple[int, ...] = ()
        numbers = encoder.n_numbers
        for placed in spec.walk:
            if isinstance(placed.layer, CategoryEmbedding):
                levels = placed.layer.levels
            elif isinstance(placed.layer, PeriodicEmbedding):
                numbers = placed.n_in
        parts = (spec.n_features, numbers, levels, spec.n_outputs, spec.loss)
        if parts != (
            len(encoder.input_names),
            encoder.n_numbers,
            encoder.level_counts,
            target.n_outputs,
            target.loss,
        ):
            raise ModelFileError("the model's network does not fit its encoder and its target.")
        model.training_ = record.training
        model.members_ = [
            Member(params, History() if history is None else history)
            for params, history in record.networks
        ]
        return model

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "members_")

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


def _seed(random_state: Any) -> int:
    if isinstance(random_state, int | np.integer) and not isinstance(random_state, bool):
        return int(random_state)
    return int(check_random_state(random_state).randint(0, 1 << 32, dtype=np.uint64))


def _notify(notices: list[str], stacklevel: int = 5) -> None:
    for notice in notices:
        warnings.warn(notice, DataNotice, stacklevel=stacklevel)
