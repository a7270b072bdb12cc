"""A fitted Tabular estimator: its networks, the course of their training, its file."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Self, cast

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from chainrule.errors import ModelFileError, SpecError, warn_caller
from chainrule.estimators.callbacks import FitTasks
from chainrule.estimators.notebook import InNotebooks
from chainrule.estimators.pickled import PickledEstimator
from chainrule.estimators.saved import arguments_from_json, arguments_to_json
from chainrule.estimators.tabular.answers import encoder_and_target
from chainrule.estimators.tabular.arguments import check_tabular
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.ensemble import Member, training_of
from chainrule.estimators.tabular.evaluation import Evaluation, Score, shown_place
from chainrule.estimators.tabular.exported import TabularExports
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.estimators.tabular.ranges import read_ranges
from chainrule.estimators.tabular.trained_rows import TrainedRows
from chainrule.explain.derivation.names import Names
from chainrule.files import ModelRecord, save_model
from chainrule.network.network import Network
from chainrule.spec import History, NetworkSpec, TrainingSpec
from chainrule.table.encode.encoder import Encoder


class FittedModel(PickledEstimator, TabularExports, FitTasks, InNotebooks, BaseEstimator):  # type: ignore[misc]
    """What a fitted model shows and keeps; see `TabularClassifier`."""

    _kind: ClassVar[str]
    _of_file = frozenset({
        "_baseline", "_how", "_known_rows", "_ranges", "_scores", "_target", "encoder_",
        "feature_names_in_", "members_", "n_features_in_", "spec_", "training_",
    })  # fmt: skip
    _target_type: ClassVar[type[ClassTarget] | type[NumberTarget]]
    _target: ClassTarget | NumberTarget

    metric: Any
    greater_is_better: bool | None
    members_: list[Member]
    spec_: NetworkSpec
    training_: TrainingSpec | None
    encoder_: Encoder
    validation_: Evaluation
    _known_rows: TrainedRows | None = None
    _scores: dict[str, Score] | None = None
    _how: str = ""
    _baseline: np.ndarray | None = None
    _ranges: np.ndarray | None = None

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "members_")

    def _notebook_html(self) -> str:
        if not hasattr(self, "members_"):
            return ""
        from chainrule.report.shown import model_html

        known = getattr(self, "validation_", None)
        baseline = self._baseline if known is None else known.baseline
        return model_html(self, self._target.output_names, baseline)

    def only(self, member: int) -> Self:
        """The model with one of its networks alone: its answers before they are averaged.

        Parameters
        ----------
        member : int
            From 0 to `n_members_` - 1.

        Returns
        -------
        TabularClassifier or TabularRegressor
            A shallow copy.

        Raises
        ------
        NotFittedError
            Before `fit`.
        SpecError
            Where there is none of that number.
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

        Returns
        -------
        Network

        Raises
        ------
        NotFittedError
            Before `fit`.
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
        encoder = self.encoder_
        outputs = self._target.output_names
        return Names(self.spec_, encoder.input_names, outputs, levels=encoder.level_names)

    @property
    def input_names_(self) -> tuple[str, ...]:
        """What each input of layer 1 is: `col`, `col?` (was missing), `col=level`, and of the
        embeddings `col~0` (a periodic unit of a number) and `col#0` (a unit of a level)."""
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
        """Evaluation loss after every epoch, as in `history_`; empty without validation rows."""
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
    def scores_(self) -> dict[str, Score]:
        """Metric -> its score on rows that training did not see, with an interval and a baseline.

        Of `validation_`, or as the file tells; empty where there were no validation rows.
        """
        check_is_fitted(self)
        if self._scores is None:
            known = getattr(self, "validation_", None)
            self._scores = {} if known is None else known.scores()
        return self._scores

    @property
    def _oof(self) -> np.ndarray:
        known: np.ndarray | None = getattr(self, "_out_of_fold", None)
        if known is None:
            raise AttributeError(
                "no out-of-fold predictions: the model came from a file, or was trained with an "
                "eval_set or without validation rows."
            )
        return known

    @property
    def scored_how_(self) -> str:
        """In a sentence, which rows `scores_` are of and how they were answered."""
        check_is_fitted(self)
        known = getattr(self, "validation_", None)
        return self._how if known is None else str(known.how)

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
            A file that is there is replaced once the new one is whole.
        notes : mapping, optional
            JSON values to keep in the file under keys that start with "x-"; they are never
            interpreted.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ModelFileError
            Where the file cannot be written, a parameter is not finite or a note is not JSON.
        """
        if callable(self.metric):
            name = getattr(self.metric, "__name__", "metric")
            warn_caller(
                f"metric {name} is a function, which files do not keep: the loaded model answers "
                "the same, and would be fitted again with metric=None.",
            )
        record = self.to_record()
        record.optional = dict(notes or {})
        save_model(path, record)

    def to_record(self) -> ModelRecord:
        """What a model file holds of this estimator.

        Returns
        -------
        ModelRecord

        Raises
        ------
        NotFittedError
            Before `fit`.
        SpecError
            Where an argument was set since to what `fit` would refuse.
        """
        check_is_fitted(self)
        check_tabular(self.get_params(deep=False))
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
                **self._evidence_to_json(),
            },
            others=[(member.params, member.history) for member in others],
        )

    def _pickled_record(self) -> ModelRecord | None:
        if not hasattr(self, "members_"):
            return None
        if self._scores is not None or not hasattr(self, "validation_"):
            return self.to_record()
        model = copy.copy(self)
        model._scores = {}  # the validation rows tell them again; their intervals cost some time
        return model.to_record()

    def _unfiled(self) -> list[Any]:
        return [(member.history.seconds, member.eval_rows) for member in self.members_]

    def _take_unfiled(self, unfiled: list[Any]) -> None:
        pairs = zip(self.members_, unfiled, strict=True)
        for number, (member, (seconds, eval_rows)) in enumerate([*pairs]):
            member.history.seconds = float(seconds)
            self.members_[number] = replace(member, eval_rows=eval_rows)

    def _evidence_to_json(self) -> dict[str, Any]:
        """The scores and the sketch of the training rows, where there are any."""
        form: dict[str, Any] = {}
        if self.scores_:
            scores = {name: score.to_json() for name, score in self.scores_.items()}
            form["scores"] = {"how": self.scored_how_, "of": scores}
        if self._baseline is not None:
            form["baseline"] = self._baseline.tolist()
        if self._ranges is not None:
            form["ranges"] = self._ranges.tolist()
        if self._known_rows is not None:
            form["trained_rows"] = self._known_rows.to_json()
        return form

    def _read_evidence(self, extra: Mapping[str, Any]) -> None:
        scores = extra.get("scores")
        if scores is not None:
            try:
                known = {name: Score.from_json(of) for name, of in scores["of"].items()}
                self._scores = dict(sorted(known.items(), key=lambda pair: shown_place(pair[0])))
                self._how = scores["how"]
            except (AttributeError, KeyError, TypeError, ValueError):
                raise ModelFileError("the model's scores are malformed.") from None
            if not isinstance(self._how, str):
                raise ModelFileError("the model's scores are malformed.")
        if extra.get("baseline") is not None:
            self._baseline = np.array(extra["baseline"], np.float64)
            if not np.isfinite(self._baseline).all():
                raise ModelFileError("the model's baseline is malformed.")
        self._ranges = read_ranges(extra.get("ranges"), self.encoder_.n_numbers)
        if extra.get("trained_rows") is not None:
            self._known_rows = TrainedRows.from_json(extra["trained_rows"])

    @classmethod
    def from_record(cls, record: ModelRecord) -> Self:
        """The estimator that a model file describes.

        Parameters
        ----------
        record : ModelRecord
            As `to_record` makes it, checked by `estimators.contents` where it comes from a file.

        Returns
        -------
        TabularClassifier or TabularRegressor
        """
        extra = record.extra
        model = cls(**arguments_from_json(extra["arguments"]))
        model.encoder_, target = encoder_and_target(record)
        model._target = cast("Any", target)
        model.n_features_in_ = len(model.encoder_.columns)
        if extra["feature_names"] is not None:
            model.feature_names_in_ = np.array(extra["feature_names"], dtype=object)
        model.spec_ = record.spec
        model._read_evidence(extra)
        model.training_ = record.training
        model.members_ = [
            Member(params, History() if history is None else history)
            for params, history in record.networks
        ]
        return model
