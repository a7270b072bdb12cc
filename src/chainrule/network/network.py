"""`Network`: the small object that people hold. It keeps parameters and delegates everything."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self, SupportsIndex

import numpy as np
import numpy.typing as npt

from chainrule import engine
from chainrule.errors import ModelFileError
from chainrule.files import ModelRecord, from_bytes, save_model, to_bytes
from chainrule.files.pickled import PickledAsFile
from chainrule.network.contents import check_network
from chainrule.network.description import network_html, network_text
from chainrule.network.exports import MatrixExports
from chainrule.network.training import Training
from chainrule.spec import Loss, TrainingSpec
from chainrule.spec.shorthand import name_of, network_spec, seed_of, training_type

if TYPE_CHECKING:
    from chainrule.export.description import Description

Array = npt.NDArray[Any]


class Network(PickledAsFile, Training, MatrixExports):
    """A feed-forward network with its parameters, trained by backpropagation in the core.

        z(l) = W(l) a(l-1) + b(l)        a(l) = sigma(z(l))        l = 1..L, a(0) = X

    Parameters
    ----------
    layers : sequence
        Layer sizes from input to output, as [2, 8, 1]; or the number of features followed by layer
        descriptions, as [2, Dense(8, "relu"), Dropout(0.1), Dense(1)] or their JSON form.
    activation : str or sequence of str, default "relu"
        Of the hidden layers, one name for all or one each. Layer descriptions hold their own.
    output_activation : str, optional
        Default: by the loss, which is identity, sigmoid, softmax or exp.
    loss : str, default "squared_error"
        "squared_error" (with the 1/2), "absolute_error", "huber", "pinball", "poisson",
        "binary_cross_entropy" or "cross_entropy".
    dtype : "float32", "float64" or "bfloat16", default "float32"
        Number type of parameters and computation. "bfloat16" trains in mixed precision: wide
        layers multiply numbers rounded to 8 bits and add them up in float32, which takes a
        processor with AVX512_BF16; one with AMX multiplies them in tiles, several times as fast,
        with other bits. Parameters, predictions and validation are float32.
    init : str, optional
        "glorot_uniform", "he_normal", ..., "ntk" or "zeros" (see `engine.initialize`). Default: by
        the layer's activation.
    dropout : float, default 0
        Rate after every hidden layer of a list of sizes.
    random_state : int, default 0
        Seed of the starting weights and, in `fit`, of row order and dropout masks.
    huber_delta : float, default 1
        Where "huber" turns linear.
    quantiles : sequence of float, default ()
        For "pinball", one per output.

    Attributes
    ----------
    spec : NetworkSpec
        The layers and the loss.
    dtype : numpy.dtype
        float32 or float64, of the parameters.
    params : dict of str to ndarray
        All parameters by name, read-only: W1 (n_1, n_0), b1 (n_1,), W2, ...; a mapping of those
        that shall change can be assigned.
    weights, biases : list of ndarray
        W(1)..W(L), each (n_out, n_in), and b(1)..b(L), each (n_out,); they can be assigned.
    history : History or None
        The course of the last `fit`; None before it.
    names : Names or None
        What inputs and outputs are called, where the network belongs to a table.

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
        type_name, bfloat16 = training_type(dtype)
        if bfloat16:
            engine.check_bfloat16()
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
            layers, activation, output_activation, chosen_loss, dropout, init == "ntk", bfloat16
        )
        self.random_state = seed_of(random_state)
        self._set_up(
            engine.initialize(self.spec, init=init, seed=self.random_state, dtype=type_name)
        )

    # Forward

    def predict(self, X: Any, *, n_threads: int | None = None) -> Array:
        """The outputs a(L) of every row: numbers, or probabilities.

        A row's result has the same bits whatever rows stand beside it.

        Parameters
        ----------
        X : array (n_samples, n_features)
        n_threads : int, optional
            Default: the machine's. Never changes a result.

        Returns
        -------
        ndarray (n_samples, n_outputs)
            In the network's `dtype`.

        Raises
        ------
        DataError
            Where X has another shape, holds what is no finite number, or leads to none.
        """
        params, packed = self._params, self._predictor
        # Another thread may have packed what it read before the parameters were replaced.
        if packed is None or packed.params is not params:
            packed = self._predictor = engine.Predictor(self.spec, params)
        return engine.finite_outputs(packed(X, n_threads=n_threads))

    def forward(self, X: Any) -> tuple[list[Array | None], list[Array]]:
        """The pre-activations and activations of every layer; dropout is off.

        Parameters
        ----------
        X : array (n_samples, n_features)

        Returns
        -------
        z, a : lists of ndarray (n_samples, n_l), of length L + 1
            Indexed by layer. z[0] is None; a[0] is X, or what the layers before layer 1 make of it.

        Raises
        ------
        DataError
            Where X has another shape, or holds what is no finite number.
        """
        return engine.forward(self.spec, self._params, X)

    def loss(self, X: Any, y: Any, *, sample_weight: Any = None, **training: Any) -> float:
        """The total loss of these rows; dropout is off.

            sum_n s_n loss_n / sum_n s_n + l1 sum |W| + l2/2 sum W^2

        With `reduction="sum"` the first term is not divided.

        Parameters
        ----------
        X : array (n_samples, n_features)
        y : array (n_samples, n_outputs)
            As for `fit`.
        sample_weight : array (n_samples,), optional
            s. Default: 1 for every row.
        **training
            `reduction`, `l1`, `l2`, or other keywords of `fit`. Default: those of the last fit, or
            those of `fit` itself.

        Returns
        -------
        float

        Raises
        ------
        DataError, SpecError
            Naming the rows or the setting that cannot be.
        TypeError
            For a keyword that `fit` does not have.
        """
        spec = self._training_for(training)
        loss = engine.loss(self.spec, self._params, X, y, spec, sample_weight=sample_weight)
        self._tell(math.isfinite(loss), X, y, sample_weight, spec)
        return loss

    # Backward

    def gradients(
        self, X: Any, y: Any, *, sample_weight: Any = None, **training: Any
    ) -> tuple[list[Array], list[Array]]:
        """The gradients of the total loss, as `loss` computes it; dropout is off.

            delta(L) = dl/dz(L)        delta(l) = sigma'(z(l)) * W(l+1)^T delta(l+1)
            dL/dW(l) = mean_n s_n delta(l) a(l-1)^T        dL/db(l) = mean_n s_n delta(l)

        The mean over the rows is by weight; the penalty adds l1 sign(W) + l2 W.

        Parameters
        ----------
        X : array (n_samples, n_features)
        y : array (n_samples, n_outputs)
            As for `fit`.
        sample_weight : array (n_samples,), optional
            s. Default: 1 for every row.
        **training
            `reduction`, `l1`, `l2`, or other keywords of `fit`. Default: those of the last fit, or
            those of `fit` itself.

        Returns
        -------
        dL_dW, dL_db : lists of ndarray
            Of layers 1..L, shaped like `weights` and `biases`.

        Raises
        ------
        DataError, SpecError
            Naming the rows or the setting that cannot be.
        TypeError
            For a keyword that `fit` does not have.
        """
        spec = self._training_for(training)
        _, grads = engine.gradients(
            self.spec, self._params, X, y, spec, sample_weight=sample_weight
        )
        is_finite = all(np.isfinite(array).all() for array in grads.values())
        self._tell(is_finite, X, y, sample_weight, spec)
        numbers = range(1, self.spec.n_layers + 1)
        return [grads[f"W{l}"] for l in numbers], [grads[f"b{l}"] for l in numbers]

    def _tell(self, is_finite: bool, X: Any, y: Any, weights: Any, training: TrainingSpec) -> None:
        """Name what is not finite, where something is not."""
        if not is_finite:
            rows = engine.TrainingRows.of(self.spec, self.dtype, X, y, weights)
            engine.tell_nonfinite(self.spec, self._params, rows, training)

    # Keeping

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one safetensors file; `chainrule.load` gives the network back, bit for bit.

        The optimizer's state is kept, so that `fit` goes on from the file as from this network.

        Parameters
        ----------
        path : str or path
            A file that is there is replaced once the new one is whole.

        Raises
        ------
        ModelFileError
            Where the file cannot be written, or a parameter is not finite.
        """
        save_model(path, self.to_record())

    def to_record(self) -> ModelRecord:
        """What a model file holds of this network.

        Returns
        -------
        ModelRecord
        """
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
        """The network that a record describes.

        Parameters
        ----------
        record : ModelRecord
            As `to_record` makes it.

        Returns
        -------
        Network
        """
        network = cls.__new__(cls)
        network.spec = record.spec
        network.random_state = int(record.extra.get("random_state", 0))
        network._set_up(dict(record.params), record.training, record.history, record.state)
        return network

    _of_file = frozenset({
        "_params", "_predictor", "_state", "_training", "history", "random_state", "spec"
    })  # fmt: skip

    _when_needed = frozenset({"_predictor"})

    def _file_bytes(self) -> bytes:
        return to_bytes(self.to_record(), allow_nonfinite=True)

    def _take_file(self, data: bytes, beside: dict[str, Any]) -> None:
        record = from_bytes(data, allow_nonfinite=True)
        if record.kind != "network":
            raise ModelFileError(f"the pickle of a Network holds a {record.kind}.")
        check_network(len(record.networks), record.extra)
        self.__dict__.update(vars(type(self).from_record(record)))

    def _unfiled(self) -> list[Any]:
        return [] if self.history is None else [self.history.seconds]

    def _take_unfiled(self, unfiled: list[Any]) -> None:
        if self.history is not None:
            (self.history.seconds,) = map(float, unfiled)

    # For programs without chainrule: `to_onnx`, `to_numpy_source`, `to_c`

    def _described(self, coverage: float | None, dtype: str | None) -> Description:
        from chainrule.export.description import Output, output_of, refuse_coverage
        from chainrule.export.matrix import describe_matrix

        refuse_coverage(coverage)
        params = {name: array.astype(dtype or array.dtype) for name, array in self.params.items()}
        answer = output_of(0, str(params["W1"].dtype), self.spec.n_outputs)
        return describe_matrix(self.spec, params, [Output("prediction", answer)])

    def _tried(
        self, described: Description, coverage: float | None, X: Any
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        from chainrule.export.matrix import trial_matrix

        rows = trial_matrix(self.spec, described.dtype) if X is None else X
        rows = np.asarray(rows, described.dtype)
        return {"X": rows}, {"prediction": engine.predict(self.spec, described.members[0], rows)}

    def __repr__(self) -> str:
        return network_text(self.spec, self.dtype)

    def _repr_html_(self) -> str:
        return network_html(self.spec, self.dtype)
