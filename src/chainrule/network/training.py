"""Training a network: `fit`, which hands the whole loop to the core."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, SupportsIndex

import numpy.typing as npt

from chainrule import engine
from chainrule.errors import DivergedError, SpecError, warn_caller
from chainrule.files.checkpoint import checkpoint_of
from chainrule.network.inspection import Inspection
from chainrule.network.metric import outputs_metric
from chainrule.network.progress import Progress, metric_word
from chainrule.network.resolution import lost_digits
from chainrule.spec import History, TrainingSpec, TrainingState
from chainrule.spec.shorthand import training_spec, whole
from chainrule.table.classes import one_hot_notice

Array = npt.NDArray[Any]


class Training(Inspection):
    """The method of `Network` that trains, and what a training leaves behind."""

    def _set_up(
        self,
        params: dict[str, Array],
        training: TrainingSpec | None = None,
        history: History | None = None,
        state: TrainingState | None = None,
    ) -> None:
        self._params = params
        self._training = training
        self._state = state
        self._predictor = None
        self.history = history

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        sample_weight: Any = None,
        eval_set: tuple[Any, Any] | None = None,
        eval_sample_weight: Any = None,
        metric: str | Callable[..., float] = "loss",
        greater_is_better: bool | None = None,
        callback: Callable[[int, History], bool | None] | None = None,
        first_epoch: SupportsIndex = 0,
        optimizer: str = "adam",
        learning_rate: float = 1e-3,
        schedule: Any = "constant",
        epochs: SupportsIndex = 100,
        batch_size: SupportsIndex | None = 32,
        reduction: str = "mean",
        l1: float = 0.0,
        l2: float = 0.0,
        weight_decay: float = 0.0,
        clip_norm: float | None = None,
        patience: SupportsIndex | None = None,
        tol: float = 0.0,
        time_limit: float | None = None,
        shuffle: bool = True,
        n_threads: SupportsIndex | None = None,
        verbose: int = 0,
        checkpoint: Any = None,
        **constants: Any,
    ) -> History:
        """Train; a second call goes on from where the first ended.

        Each step takes the gradient of a batch's loss (backpropagation: Rumelhart, Hinton and
        Williams 1986), with the penalty, clipped, and gives it to the optimizer.

        Parameters
        ----------
        X : array (n_samples, n_features)
        y : array (n_samples, n_outputs)
            (n_samples,) with one output. For cross_entropy class indices (n_samples,) or rows of
            probabilities.
        sample_weight : array (n_samples,), optional
            At least 0. Default: 1 for every row. A full batch divides the weighted loss by the sum
            of the weights; a mini-batch by its rows times the mean weight of all rows, so that a
            row of weight 9 counts nine times in batches of any size.
        eval_set : (X, y), optional
            Validation rows; the epoch with the lowest `metric` on them is kept (of ties that of the
            lower loss, of those the last).
        eval_sample_weight : array (n_validation,), optional
            Weights of the validation rows. Default: 1 for every row.
        metric : "loss", "error", "rmse", "mae" or callable, default "loss"
            A function gets the outputs on the validation rows, (n_validation, n_outputs), and
            returns a number; a metric or scorer of scikit-learn gets (y, answers).
        greater_is_better : bool, optional
            Of a function. Default: as scikit-learn says of its own; of others lower is better, and
            one that gives the true answers more than a constant answer is refused.
        callback : callable, optional
            callback(epoch, history) after each epoch, from 0; returning True stops.
        first_epoch : int, default 0
            To go on with a training that earlier calls have begun: `epochs` are those of the whole,
            of which so many are done. fit(epochs=20, first_epoch=7) makes the other 13 with the
            schedule at its place; after 7 epochs of the same training (a callback may end it, or
            a file keep it) parameters and history are those of 20 epochs at once, to the bit. With
            an `eval_set` it goes on from the kept epoch's parameters.
        optimizer : str, default "adam"
            "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam" or "adamw".
        learning_rate : float, default 1e-3
            eta, before the schedule's factor.
        schedule : str or mapping, default "constant"
            "constant", "step", "exponential", "cosine", "plateau", "coslog4", "flat_cos", or with
            constants: {"name": "cosine", "warmup": 0.05}.
        epochs : int, default 100
            Passes over the rows.
        batch_size : int or None, default 32
            Rows of a step. None is the full batch. A short last batch is kept.
        reduction : "mean" or "sum", default "mean"
            Of the loss over a batch's rows.
        l1, l2 : float, default 0
            l1 sum |W| + l2/2 sum W^2 is added to the loss.
        weight_decay : float, default 0
            Decoupled: W <- W (1 - eta weight_decay) before each step.
        clip_norm : float, optional
            Largest Euclidean norm of the gradient of all parameters together. Default: no limit.
        patience : int, optional
            Stops after so many epochs without improvement by more than `tol`. Default: never.
        tol : float, default 0
            Without patience: stops when an epoch lowers the loss by less.
        time_limit : float, optional
            Seconds, looked at after each epoch. Default: no limit.
        shuffle : bool, default True
            Whether every epoch has a new order of rows.
        n_threads : int, optional
            Default: the machine's, or fewer where that is faster. Never changes a result.
        verbose : 0, 1 or 2, default 0
            1 keeps a progress line on standard error, 2 prints a line an epoch.
        checkpoint : str, path or Checkpoint, optional
            A file that keeps every 30 seconds where the training stands. Where it is there already,
            `fit` goes on from it, and ends with the same bits as without a break; it refuses one of
            other rows or settings.
        **constants
            The other fields of `spec.TrainingSpec`: `momentum`, `rho`, `beta1`, `beta2`, `epsilon`;
            `learning_rate_factors` such as {"b": 0} to freeze biases; `weight_decay_factors`.

        Notes
        -----
        Ctrl-C ends the training; the best or last completed epoch is kept, and `fit` returns. So
        that it also ends a loop of fits, the next fit of the same program raises KeyboardInterrupt,
        and within joblib (a search, a cross-validation) the interrupted one does.

        Returns
        -------
        History
            Losses by epoch, the epoch that was kept and why training stopped. It is also the
            attribute `history`.

        Raises
        ------
        SpecError
            Naming the setting that cannot be; also where the network is being fitted already.
        DataError
            Naming the rows, targets or weights that cannot be used.
        TypeError
            For a keyword that `fit` does not have, with the name to use.
        DivergedError
            When numbers become infinite or NaN, and going on from the epoch before with a tenth of
            the learning rate does not help, or has not three times; the best or last finite epoch's
            parameters are kept, and `place` of the error says where it was.
        """
        given = dict(
            optimizer=optimizer,
            learning_rate=learning_rate,
            schedule=schedule,
            epochs=whole("epochs", epochs),
            batch_size=None if batch_size is None else whole("batch_size", batch_size),
            reduction=reduction,
            l1=l1,
            l2=l2,
            weight_decay=weight_decay,
            clip_norm=clip_norm,
            patience=None if patience is None else whole("patience", patience),
            tol=tol,
            time_limit=time_limit,
            shuffle=shuffle,
            n_threads=None if n_threads is None else whole("n_threads", n_threads),
            **constants,
        )
        training = training_spec({**given, "seed": self.random_state})
        if not isinstance(verbose, bool):
            whole("verbose", verbose)
        if callback is not None and not callable(callback):
            raise SpecError(f"callback must be a function, found {callback!r}.")
        word = metric_word(metric)
        progress = Progress(verbose, training.epochs, metric=word) if verbose else None

        def after_epoch(epoch: int, history: History) -> bool:
            if progress is not None:
                progress(epoch, history)
            return callback is not None and callback(epoch, history) is True

        told = lost_digits(X, self.dtype)
        if told is not None:
            warn_caller(told)
        if self.spec.loss.name == "binary_cross_entropy":
            told = one_hot_notice(y, "build the network with loss='cross_entropy'")
            if told is not None:
                warn_caller(told)
        kept = checkpoint_of(checkpoint)
        with engine.fitting(self):
            try:
                result = engine.fit(
                    self.spec,
                    self._params,
                    X,
                    y,
                    training,
                    sample_weight=sample_weight,
                    eval_set=eval_set,
                    eval_sample_weight=eval_sample_weight,
                    state=self._state,
                    first_epoch=(done := whole("first_epoch", first_epoch)),
                    past=self._past(done, eval_set is not None),
                    metric=outputs_metric(metric, greater_is_better, self.spec, eval_set),
                    callback=after_epoch if progress or callback else None,
                    checkpoint=None if kept is None else kept.slot("network"),
                )
            except DivergedError as error:
                self._set_up(error.result.params, training, error.result.history)
                raise
            self._weighted = sample_weight is not None
            self._set_up(result.params, training, result.history, result.state)
            if progress is not None:
                progress.close(result.history)
            from chainrule.explain.diagnosis.course import warn_of_clear_fault

            warn_of_clear_fault(result.history, training)
        return result.history

    def _past(self, n_epochs: int, validated: bool) -> History | None:
        """The history, where it is that of so many epochs of this training."""
        past = self.history
        if past is None or past.n_epochs != n_epochs or validated != bool(past.validation_loss):
            return None
        return past
