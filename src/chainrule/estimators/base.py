"""What the two Tabular estimators share: from the user's table to a trained network and back."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted

from chainrule import engine
from chainrule.errors import DataError, DataNotice, DivergedError, ModelFileError
from chainrule.estimators.arguments import check_tabular
from chainrule.estimators.class_target import ClassTarget
from chainrule.estimators.explain import output_names, trace_model
from chainrule.estimators.importance import FeatureImportance, feature_importance
from chainrule.estimators.number_target import NumberTarget
from chainrule.estimators.optimize import optimize
from chainrule.estimators.recipe import number_type, plain, resolve
from chainrule.estimators.rows import Rows
from chainrule.estimators.saved import arguments_from_json, arguments_to_json
from chainrule.estimators.split import validation_split
from chainrule.estimators.weights import read_weights
from chainrule.explain.detectors_course import warn_of_clear_fault
from chainrule.explain.diagnose import diagnose
from chainrule.explain.explain import explain
from chainrule.explain.explanation import Explanation
from chainrule.explain.findings import Diagnosis
from chainrule.explain.names import Names
from chainrule.explain.trace import StepTrace
from chainrule.files import ModelRecord, save_model
from chainrule.network import Network
from chainrule.spec import History, TrainingSpec
from chainrule.table.encoder import Encoder
from chainrule.table.frame import Table, as_table


class TabularModel(BaseEstimator):  # type: ignore[misc]
    """A table in, a network trained by the recipe inside; see `TabularClassifier`."""

    _kind: ClassVar[str]
    _target_type: ClassVar[type[ClassTarget] | type[NumberTarget]]
    _training: TrainingSpec | None

    def _fit(
        self, X: Any, y: Any, sample_weight: Any, eval_set: Any, eval_sample_weight: Any
    ) -> Self:
        self.__dict__.pop(
            "_params", None
        )  # whatever fails below, nothing old is left half replaced
        arguments = self.get_params(deep=False)
        check_tabular(arguments)
        recipe, dtype, seed = resolve(arguments), number_type(self.dtype), _seed(self.random_state)
        table, raw, weights = self._read(X, y, sample_weight)
        if table.n_rows < 2:
            raise DataError("X has 1 sample (n_samples = 1); at least 2 are needed to train.")
        target = self._target_type.fit(raw, weights, arguments)
        self._target = target
        self.encoder_, notices = Encoder.fit(table, weights, self.categorical_features)
        _notify(notices)
        self.n_features_in_ = table.n_columns
        self.__dict__.pop("feature_names_in_", None)
        if table.named:
            self.feature_names_in_ = np.array(table.names, dtype=object)

        inputs, _ = self.encoder_.transform(table, dtype)
        encoded = target.encode(raw)
        rows = Rows(inputs, encoded, raw, target.row_weights(encoded, weights))
        split, validation = self._validation(eval_set, eval_sample_weight, rows, seed)
        spec = recipe.network(inputs.shape[1], target.n_outputs, target.loss)
        training = recipe.training(
            seed, plain(self.n_threads), plain(self.patience), plain(self.time_limit)
        )
        metric = target.metric(validation, arguments)
        places = validation if split is None else split
        self._spec, self._training = spec, training
        try:
            params, self.history_ = optimize(
                spec, training, recipe.init, rows, places, metric, int(self.verbose)
            )
        except DivergedError as error:  # what was learned before that can still be looked at
            self._params, self.history_ = error.result.params, error.result.history
            raise
        self._params = params
        warn_of_clear_fault(self.history_, training, stacklevel=4)
        if validation is not None:
            outputs = self._forward(validation.inputs)
            self._target = target.adjusted(outputs, [validation], arguments)
        return self

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

    def _validation(
        self, eval_set: Any, eval_sample_weight: Any, rows: Rows, seed: int
    ) -> tuple[tuple[np.ndarray, np.ndarray] | None, Rows | None]:
        """The places of training and validation rows if they share a table; the latter's rows."""
        if eval_set is None:
            if eval_sample_weight is not None:
                raise DataError("eval_sample_weight goes with eval_set; pass eval_set=(X, y).")
            strata = self._target.strata(rows.target)
            fraction = float(self.validation_fraction)
            split = validation_split(len(rows.inputs), fraction, seed, strata)
            return (split, rows.take(split[1])) if len(split[1]) else (None, None)
        if not isinstance(eval_set, tuple | list) or len(eval_set) != 2:
            raise DataError("eval_set must be a pair (X, y).")
        X, y = eval_set
        return None, self._new_rows(X, y, eval_sample_weight, rows.inputs.dtype, "eval_")

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
        return self._forward(self._encode(as_table(X), self._params["W1"].dtype))

    def _forward(self, inputs: np.ndarray, n_threads: int | None = None) -> list[np.ndarray]:
        logits, threads = self._target.reads_logits, n_threads or plain(self.n_threads)
        return [engine.predict(self._spec, self._params, inputs, logits=logits, n_threads=threads)]

    def check_gradients(self, X: Any, y: Any, sample_weight: Any = None, **keywords: Any) -> Any:
        """Compare every gradient of the network on these rows with an independent computation.

        Parameters
        ----------
        X, y, sample_weight
            Rows as for `fit`.
        **keywords
            As in `Network.check_gradients`.

        Returns
        -------
        A report with `.ok` and the worst entry; see `Network.check_gradients`.
        """
        check_is_fitted(self)
        rows = self._new_rows(X, y, sample_weight, self._params["W1"].dtype)
        return self.network_.check_gradients(
            rows.inputs, rows.target, sample_weight=rows.weights, **keywords
        )

    def trace(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        member: int = 0,
        row_ids: Sequence[Any] | None = None,
        dtype: str = "float64",
        **training: Any,
    ) -> StepTrace:
        """Every number of the step that the optimizer would take on these rows.

        From zero moments, with schedule factor 1 and dropout off; the loss is taken before
        temperature, clamp and averaging. Column names and the cells of the table are kept.

        Parameters
        ----------
        X, y, sample_weight
            Rows as for `fit`.
        member : int, default 0
            Network of an ensemble.
        row_ids : sequence, optional
            What the rows are called; default the index of a pandas data frame.
        dtype : "float64" or "train"
            Number type of the record; "train" is that of training.
        **training
            Keywords of `Network.fit` in place of this model's, such as `learning_rate`.

        Returns
        -------
        StepTrace
        """
        check_is_fitted(self)
        return trace_model(
            self, X, y, sample_weight, member=member, row_ids=row_ids, dtype=dtype,
            training=training,
        )  # fmt: skip

    def explain(
        self,
        quantity: str,
        X: Any,
        y: Any,
        *,
        row: int | None = None,
        top: int | None = 5,
        digits: int | str = 4,
        check: str = "central",
        member: int = 0,
        sample_weight: Any = None,
        row_ids: Sequence[Any] | None = None,
        **training: Any,
    ) -> Explanation:
        """The chain rule of one number on these rows, with its numbers and a check.

        Parameters
        ----------
        quantity : str
            "W2[1,3]", "W1[3,bill_length_mm]", "b1[2]", "delta1[4]", "z2[0]", "a1[3]" or "loss";
            inputs also by the names of `input_names_`, outputs by class.
        row, top, digits, check
            As in `chainrule.explain.explain.explain`.
        X, y, member, sample_weight, row_ids, **training
            As in `trace`.

        Returns
        -------
        Explanation
        """
        step = self.trace(X, y, sample_weight, member=member, row_ids=row_ids, **training)
        return explain(step, quantity, row=row, top=top, digits=digits, check=check)

    def diagnose(self, X: Any, y: Any, sample_weight: Any = None) -> Diagnosis:
        """What went badly in training, with numbers and remedies.

        Parameters
        ----------
        X, y, sample_weight
            Rows as for `fit`, best those of training.

        Returns
        -------
        Diagnosis
            A sequence of findings; when it is empty it says what was checked.
        """
        check_is_fitted(self)
        rows = self._new_rows(X, y, sample_weight, self._params["W1"].dtype)
        return diagnose(
            self._spec,
            self._params,
            rows.inputs,
            rows.target,
            self._training,
            self.history_,
            sample_weight=rows.weights,
            names=Names(self._spec, self.input_names_, output_names(self)),
            columns=[code.name for code in self.encoder_.codes for _ in code.input_names],
        )

    def feature_importance(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        n_repeats: int = 5,
        metric: Any = None,
        random_state: Any = 0,
    ) -> FeatureImportance:
        """How much worse predictions become when one column is shuffled.

        Importance = error with the column's rows permuted - error, over several permutations; with
        equal random_state those of `sklearn.inspection.permutation_importance`.

        Parameters
        ----------
        X, y, sample_weight
            Rows as for `fit`, best such as training did not see.
        n_repeats : int, default 5
            Permutations of each column.
        metric : None, str or callable
            The error: None is 1 - score(X, y); a name is a metric of the constructor, "r2",
            "accuracy", "balanced_accuracy" and "auc" as 1 minus it; a callable gets (y_true, y_pred
            or probabilities), lower is better.
        random_state : None, int or RandomState, default 0

        Returns
        -------
        FeatureImportance
            With `names`, `mean` and `std`, the most important column first; it prints as a table.
        """
        check_is_fitted(self)
        return feature_importance(self, X, y, sample_weight, n_repeats, metric, random_state)

    @property
    def network_(self) -> Network:
        """The trained network, on encoded inputs (see `input_names_`)."""
        check_is_fitted(self)
        return Network._from_record(self._to_record(kind="network"))

    @property
    def input_names_(self) -> tuple[str, ...]:
        """What each input of layer 1 is: `col`, `col?` (was missing), `col=level`."""
        check_is_fitted(self)
        return self.encoder_.input_names

    @property
    def loss_curve_(self) -> list[float]:
        """Training loss of every epoch."""
        return self._history().loss

    @property
    def validation_curve_(self) -> list[float]:
        """Validation loss after every epoch; empty without validation rows."""
        return self._history().validation_loss

    @property
    def best_epoch_(self) -> int | None:
        """The epoch whose parameters were kept, from 0; None without validation rows."""
        return self._history().best_epoch

    @property
    def n_epochs_(self) -> int:
        """Completed epochs."""
        return self._history().n_epochs

    @property
    def interrupted_(self) -> bool:
        """Whether Ctrl-C ended the training."""
        return self._history().interrupted

    def _history(self) -> History:
        check_is_fitted(self)
        history: History = self.history_
        return history

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to one file; `chainrule.load` gives it back, bit for bit."""
        save_model(path, self._to_record())

    def _to_record(self, kind: str | None = None) -> ModelRecord:
        """What a model file holds of this estimator, or of its network alone."""
        check_is_fitted(self)
        record = ModelRecord(
            kind or self._kind, self._spec, self._training, self._params, self.history_
        )
        if kind == "network":
            record.extra = {"random_state": self._training.seed if self._training else 0}
        else:
            names = getattr(self, "feature_names_in_", None)
            record.extra = {
                "arguments": arguments_to_json(self.get_params(deep=False)),
                "encoder": self.encoder_.to_json(),
                "feature_names": None if names is None else list(names),
                "target": self._target.to_json(),
            }
        return record

    @classmethod
    def _from_record(cls, record: ModelRecord) -> Self:
        """The estimator that a model file describes."""
        extra = record.extra
        model = cls(**arguments_from_json(extra["arguments"]))
        model.encoder_ = Encoder.from_json(extra["encoder"])
        model.n_features_in_ = len(model.encoder_.codes)
        if extra["feature_names"] is not None:
            model.feature_names_in_ = np.array(extra["feature_names"], dtype=object)
        model._target = cls._target_type.from_json(extra["target"])
        sizes = (len(model.encoder_.input_names), model._target.n_outputs, model._target.loss)
        if sizes != (record.spec.n_features, record.spec.n_outputs, record.spec.loss):
            raise ModelFileError("the model's network does not fit its encoder and its target.")
        model._spec, model._params, model._training = record.spec, record.params, record.training
        model.history_ = History() if record.history is None else record.history
        return model

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_params")

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


def _notify(notices: list[str]) -> None:
    for notice in notices:
        warnings.warn(notice, DataNotice, stacklevel=5)
