"""`Network`: the small object that people hold. It keeps parameters and delegates everything."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self, SupportsIndex

import numpy as np
import numpy.typing as npt

from chainrule import engine
from chainrule.errors import DataError, DivergedError, SpecError
from chainrule.files import ModelRecord, save_model
from chainrule.network.description import network_html, network_text
from chainrule.network.inspection import Inspection
from chainrule.network.parameters import ParameterList, read_only
from chainrule.network.progress import Progress
from chainrule.spec import History, Loss, TrainingSpec, TrainingState
from chainrule.spec.shorthand import (
    name_of,
    network_spec,
    number_type,
    seed_of,
    training_spec,
    whole,
)

if TYPE_CHECKING:
    pass

Array = npt.NDArray[Any]


class Network(Inspection):
    """A feed-forward network with its parameters, trained by backpropagation in the core.

        z(l) = W(l) a(l-1) + b(l)        a(l) = sigma(z(l))        l = 1..L, a(0) = X

    Parameters
    ----------
    layers : sequence
        Layer sizes from input to output, as [2, 8, 1]; or the number of features followed by layer
        descriptions, as [2, Dense(8, "relu"), Dropout(0.1), Dense(1)] or their JSON form.
    activation : str or sequence of str
        Of the hidden layers, one name for all or one each. Default "relu". With layer descriptions
        they say it themselves.
    output_activation : str, optional
        Follows from the loss where not given: identity, sigmoid, softmax or exp.
    loss : str
        "squared_error" (the default, with the 1/2), "absolute_error", "huber", "pinball",
        "poisson", "binary_cross_entropy" or "cross_entropy".
    dtype : "float32" or "float64"
        Number type of parameters and computation. Default "float32".
    init : str, optional
        "glorot_uniform", "he_normal", ..., "ntk" or "zeros"; by activation where not given.
    dropout : float
        Rate after every hidden layer of a list of sizes. Default 0.
    random_state : int
        Seed of the starting weights and, in `fit`, of row order and dropout masks. Default 0.
    huber_delta : float
        Where "huber" turns linear. Default 1.
    quantiles : sequence of float
        For "pinball", one per output.

    Raises
    ------
    SpecError
        Naming the argument that cannot be.

    Examples
    --------
    >>> import chainrule, numpy as np
    >>> X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> y = np.array([0, 1, 1, 0])
    >>> net = chainrule.Network([2, 8, 1], activation="tanh", loss="binary_cross_entropy")
    >>> history = net.fit(X, y, learning_rate=0.05, epochs=200)
    >>> net.predict(X).round().ravel().tolist()
    [0.0, 1.0, 1.0, 0.0]
    """

    def __init__(
        self,
        layers: Sequence[Any],
        *,
        activation: str | Sequence[str] = "relu",
        output_activation: str | None = None,
        loss: str = "squared_error",
        dtype: Any = "float32",
        init: str | None = None,
        dropout: float = 0.0,
        random_state: SupportsIndex = 0,
        huber_delta: float = 1.0,
        quantiles: Sequence[float] = (),
    ) -> None:
        type_name = number_type(dtype)
        name_of("loss", loss)
        if init is not None:
            name_of("init", init)
        constants: dict[str, Any] = {}
        if loss == "huber":
            constants["huber_delta"] = float(huber_delta)
        elif loss == "pinball":
            constants["quantiles"] = tuple(quantiles)
        chosen_loss = Loss(loss, **constants)
        self.spec = network_spec(
            layers, activation, output_activation, chosen_loss, dropout, init == "ntk"
        )
        self.random_state = seed_of(random_state)
        self._set_up(
            engine.initialize(self.spec, init=init, seed=self.random_state, dtype=type_name)
        )

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
        self._fitting = False
        self._predictor: engine.Predictor | None = None
        self.history = history

    # Parameters

    @property
    def dtype(self) -> np.dtype[Any]:
        """Number type of parameters and computation."""
        return self._params["W1"].dtype

    @property
    def params(self) -> dict[str, Array]:
        """Read-only arrays by name: W1 (n_1, n_0), b1 (n_1,), W2, ..."""
        return {name: read_only(array) for name, array in self._params.items()}

    @property
    def weights(self) -> list[Array]:
        """W(1)..W(L), each (n_out, n_in), read-only; assign the list, or one of its entries."""
        return self._list("W")

    @weights.setter
    def weights(self, arrays: Iterable[Any]) -> None:
        self._assign("W", list(arrays))

    @property
    def biases(self) -> list[Array]:
        """b(1)..b(L), each (n_out,), read-only; assign the list, or one of its entries."""
        return self._list("b")

    @biases.setter
    def biases(self, arrays: Iterable[Any]) -> None:
        self._assign("b", list(arrays))

    def _list(self, family: str) -> list[Array]:
        names = [f"{family}{l}" for l in range(1, self.spec.n_layers + 1)]
        return ParameterList(
            [self._params[name] for name in names], lambda arrays: self._assign(family, arrays)
        )

    def _assign(self, family: str, arrays: list[Any]) -> None:
        if len(arrays) != self.spec.n_layers:
            raise DataError(
                f"the network has {self.spec.n_layers} layers, found {len(arrays)} arrays."
            )
        new = {}
        for number, given in enumerate(arrays, start=1):
            name = f"{family}{number}"
            array = np.array(given, dtype=self.dtype, order="C")
            if array.shape != self._params[name].shape:
                raise DataError(
                    f"{name} must have shape {self._params[name].shape}, found {array.shape}."
                )
            if not np.isfinite(array).all():
                raise DataError(f"{name} must hold finite numbers.")
            new[name] = array
        self._params = {**self._params, **new}
        self._predictor = None

    # Forward

    def predict(self, X: Any, *, n_threads: int | None = None) -> Array:
        """a(L) of every row, (n_samples, n_outputs): numbers, or probabilities.

        A row's result has the same bits whatever rows stand beside it.
        """
        if self._predictor is None:
            self._predictor = engine.Predictor(self.spec, self._params)
        return self._predictor(X, n_threads=n_threads)

    def forward(self, X: Any) -> tuple[list[Array | None], list[Array]]:
        """(z, a): lists of length L + 1 indexed by layer; z[0] is None, a[0] is X."""
        return engine.forward(self.spec, self._params, X)

    def loss(self, X: Any, y: Any, *, sample_weight: Any = None, **training: Any) -> float:
        """Total loss on these rows; `training` are keywords of `fit` (reduction, l1, l2)."""
        spec = self._training_for(training)
        return engine.loss(self.spec, self._params, X, y, spec, sample_weight=sample_weight)

    # Backward

    def gradients(
        self, X: Any, y: Any, *, sample_weight: Any = None, **training: Any
    ) -> tuple[list[Array], list[Array]]:
        """(dL_dW, dL_db): gradients of the total loss, lists shaped like weights and biases.

        `training` are keywords of `fit` (`reduction`, `l1`, `l2`); those not given are the last
        fit's, else its defaults. Dropout is off.
        """
        spec = self._training_for(training)
        _, grads = engine.gradients(
            self.spec, self._params, X, y, spec, sample_weight=sample_weight
        )
        numbers = range(1, self.spec.n_layers + 1)
        return [grads[f"W{l}"] for l in numbers], [grads[f"b{l}"] for l in numbers]

    # Update

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        sample_weight: Any = None,
        eval_set: tuple[Any, Any] | None = None,
        eval_sample_weight: Any = None,
        metric: str | Callable[[Array], float] = "loss",
        callback: Callable[[int, History], bool | None] | None = None,
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
        **constants: Any,
    ) -> History:
        """Train; a second call goes on from where the first ended.

        Parameters
        ----------
        X : array (n_samples, n_features)
        y : array (n_samples, n_outputs)
            1-D with one output. For cross_entropy class indices (n_samples,) or rows of
            probabilities.
        sample_weight : array (n_samples,), optional
        eval_set : (X, y), optional
            Validation rows; the epoch with the lowest `metric` on them is kept (of ties the last).
        metric : "loss", "error", "rmse", "mae" or callable
            A function gets the outputs on the validation rows; lower is better.
        callback : callable, optional
            callback(epoch, history) after each epoch; returning True stops.
        optimizer : str
            "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam" or "adamw".
        learning_rate : float
        schedule : str or mapping
            "constant", "step", "exponential", "cosine", "plateau", "coslog4", "flat_cos", or with
            constants: {"name": "cosine", "warmup": 0.05}.
        epochs : int
        batch_size : int or None
            None is the full batch. A short last batch is kept.
        reduction : "mean" or "sum"
            Of the loss over a batch's rows.
        l1, l2 : float
            l1 sum |W| + l2/2 sum W^2 is added to the loss.
        weight_decay : float
            Decoupled: W <- W (1 - eta weight_decay) before each step.
        clip_norm : float, optional
            Largest Euclidean norm of the gradient of all parameters together.
        patience : int, optional
            Stops after so many epochs without improvement by more than `tol`.
        tol : float
            Without patience: stops when an epoch lowers the loss by less.
        time_limit : float, optional
            Seconds.
        shuffle : bool
        n_threads : int, optional
            Never changes a result.
        verbose : 0, 1 or 2
            1 keeps a progress line, 2 prints a line an epoch.
        **constants
            `momentum`, `rho`, `beta1`, `beta2`, `epsilon`; `learning_rate_factors` such as
            {"b": 0} to freeze biases; `weight_decay_factors`.

        Returns
        -------
        History

        Raises
        ------
        DivergedError
            When the loss becomes infinite or NaN; the last finite epoch's parameters are kept.
        """
        if self._fitting:
            raise SpecError("this network is being fitted already; wait, or fit a copy of it.")
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
        progress = Progress(verbose, training.epochs) if verbose else None

        def after_epoch(epoch: int, history: History) -> bool:
            if progress is not None:
                progress(epoch, history)
            return callback is not None and callback(epoch, history) is True

        self._fitting = True
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
                metric=metric,
                callback=after_epoch if progress or callback else None,
            )
        except DivergedError as error:
            self._set_up(error.result.params, training, error.result.history)
            raise
        finally:
            self._fitting = False
        self._set_up(result.params, training, result.history, result.state)
        if progress is not None:
            progress.close(result.history)
        from chainrule.explain.diagnosis.course import warn_of_clear_fault

        warn_of_clear_fault(result.history, training)
        return result.history

    # Keeping

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one safetensors file; `chainrule.load` gives the network back, bit for bit."""
        save_model(path, self.to_record())

    def to_record(self) -> ModelRecord:
        return ModelRecord(
            "network",
            self.spec,
            self._training,
            dict(self._params),
            self.history,
            self._state,
            {"random_state": str(self.random_state)},  # JSON integers end at 2**53
        )

    @classmethod
    def from_record(cls, record: ModelRecord) -> Self:
        network = cls.__new__(cls)
        network.spec = record.spec
        network.random_state = int(record.extra.get("random_state", 0))
        network._set_up(dict(record.params), record.training, record.history, record.state)
        return network

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_predictor": None}

    def __repr__(self) -> str:
        return network_text(self.spec, self.dtype)

    def _repr_html_(self) -> str:
        return network_html(self.spec, self.dtype)
