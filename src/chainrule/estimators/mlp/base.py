"""What MLPClassifier and MLPRegressor share: arguments, starting weights, solvers, predictions."""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import lru_cache
from itertools import pairwise
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from narwhals.exceptions import DuplicateError
from sklearn.base import BaseEstimator, is_classifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

from chainrule import engine
from chainrule.errors import DataError, SpecError, warn_caller
from chainrule.estimators.arguments import check_arguments, plain, unit_counts
from chainrule.estimators.callbacks import FitTasks
from chainrule.estimators.mlp.arguments import RULES, dropout_rates, hidden_activations
from chainrule.estimators.mlp.exported import MLPExports
from chainrule.estimators.mlp.inspection import MLPInspection
from chainrule.estimators.mlp.lbfgs import minimize_loss
from chainrule.estimators.mlp.record import COUNTS, NUMBERS, SERIES
from chainrule.estimators.mlp.scikit_learn import AsScikitLearn
from chainrule.estimators.mlp.scores import LossScale, Score, score_function
from chainrule.estimators.mlp.stochastic import (
    NON_FINITE,
    Course,
    EncodedRows,
    Optimizer,
    solver_optimizer,
)
from chainrule.estimators.notebook import InNotebooks
from chainrule.estimators.pickled import PickledEstimator
from chainrule.estimators.weights import read_weights
from chainrule.files import ModelRecord
from chainrule.files.checkpoint import Checkpoint, checkpoint_of
from chainrule.real_numbers import check_real, physical_memory
from chainrule.spec import Dense, Dropout, Loss, NetworkSpec, TrainingSpec, TrainingState

Array = np.ndarray
Params = dict[str, Array]

# scikit-learn's name of an output activation -> the engine's, and the loss that goes with it.
_OUTPUTS = {
    "softmax": ("softmax", "cross_entropy"),
    "logistic": ("sigmoid", "binary_cross_entropy"),
    "identity": ("identity", "squared_error"),
    "exp": ("exp", "poisson"),
}


class BaseMLP(
    PickledEstimator, FitTasks, MLPInspection, MLPExports, AsScikitLearn, InNotebooks,
    BaseEstimator,  # type: ignore[misc]
):  # fmt: skip
    """Arguments, starting weights, solvers and predictions; see `MLPClassifier`."""

    _of_file = frozenset({
        *SERIES, *COUNTS, *NUMBERS, "_label_binarizer", "_n_targets", "_optimizer", "classes_",
        "coefs_", "feature_names_in_", "intercepts_", "n_features_in_", "n_layers_", "n_outputs_",
        "out_activation_", "training_",
    })  # fmt: skip
    _score_names: ClassVar[dict[str, Score]]
    loss: str
    coefs_: list[Array]
    intercepts_: list[Array]

    @abstractmethod
    def _validate_input(self, X: Any, y: Any, incremental: bool, reset: bool) -> tuple[Any, Array]:
        """X as numbers, y encoded for the engine."""

    @abstractmethod
    def _encode(self, y: Any) -> Array:
        """y of validation rows, encoded as `_validate_input` does."""

    @abstractmethod
    def _decode(self, encoded: Array) -> Array:
        """Predictions from encoded targets or from outputs."""

    @abstractmethod
    def _output(self) -> tuple[int, str]:
        """(number of outputs, scikit-learn's name of their activation)."""

    @abstractmethod
    def _row_weights(self, y: Array, weights: Array | None, training: bool) -> Array | None:
        """Sample weights times what else, as `training` found, weighs a row."""

    @abstractmethod
    def _strata(self, y: Array) -> Array | None:
        """What the validation split keeps in proportion."""

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        incremental: bool = False,
        eval_set: Any = None,
        eval_sample_weight: Any = None,
        checkpoint: Any = None,
    ) -> Self:
        check_arguments(RULES, self.get_params(deep=False))
        sizes = unit_counts(self.hidden_layer_sizes)
        rates = dropout_rates(self.dropout, len(sizes))
        hidden_activations(self.activation, len(sizes))
        first_pass = not hasattr(self, "coefs_") or not (self.warm_start or incremental)
        X, encoded = self._validate_input(X, y, incremental, reset=first_pass)
        weights = self._row_weights(encoded, _weights(sample_weight, len(encoded)), True)
        self._weighted = sample_weight is not None
        saved = checkpoint_of(checkpoint)
        self._random_state = check_random_state(_state_of(self.random_state, saved))
        if first_pass:
            self._initialize(X.shape[1], sizes, X.dtype)
        elif [len(b) for b in self.intercepts_[:-1]] != sizes:
            raise SpecError(
                f"hidden_layer_sizes is now {sizes}, but the network to go on from has "
                f"{[len(b) for b in self.intercepts_[:-1]]}; fit anew with warm_start=False."
            )
        train = EncodedRows(_dense(X, self.coefs_[0].dtype), encoded, weights)
        evaluated = self._evaluated(eval_set, eval_sample_weight)
        spec, params = self.spec_, self._params()
        if self.solver == "lbfgs":
            if evaluated is not None or any(rates):
                raise SpecError("solver 'lbfgs' takes neither eval_set nor dropout; use 'adam'.")
            if saved is not None:
                raise SpecError("solver 'lbfgs' keeps no checkpoint; use 'adam' or 'sgd'.")
            params = self._fit_lbfgs(spec, params, train)
        else:
            params = self._fit_stochastic(spec, params, train, evaluated, incremental, saved)
        self.coefs_, self.intercepts_ = _coefficients(params)
        if not all(np.isfinite(array).all() for array in params.values()):
            raise ValueError(NON_FINITE)
        return self

    def _initialize(self, n_features: int, sizes: list[int], dtype: Any) -> None:
        """Weights and biases from U(-r, r), r^2 = 6 / (n_in + n_out), for logistic 2 / ...

        They are scikit-learn's own draws: the same `random_state` starts from the same numbers.
        """
        self.n_iter_, self.t_ = 0, 0
        self.n_outputs_, self.out_activation_ = self._output()
        self.n_layers_ = len(sizes) + 2
        activations = [*hidden_activations(self.activation, len(sizes)), None]
        if isinstance(self.activation, str) and self.activation in ("logistic", "sigmoid"):
            activations[-1] = "sigmoid"  # there, one factor for all layers
        self.coefs_, self.intercepts_ = [], []
        draw = self._random_state.uniform
        layers = pairwise([n_features, *sizes, self.n_outputs_])
        for (n_in, n_out), activation in zip(layers, activations, strict=True):
            bound = np.sqrt((2.0 if activation == "sigmoid" else 6.0) / (n_in + n_out))
            self.coefs_.append(draw(-bound, bound, (n_in, n_out)).astype(dtype, copy=False))
            self.intercepts_.append(draw(-bound, bound, n_out).astype(dtype, copy=False))
        self.__dict__.pop("_optimizer", None)
        self.__dict__.pop("_seed", None)
        self.validation_loss_curve_: list[float] | None = None
        if self.solver != "lbfgs":
            self.loss_curve_: list[float] = []
            self._no_improvement_count = 0
            early = self.early_stopping
            self.best_loss_ = None if early else math.inf
            self.best_validation_score_ = -math.inf if early else None
            self.validation_scores_: list[float] | None = [] if early else None

    def _evaluated(self, eval_set: Any, eval_sample_weight: Any) -> EncodedRows | None:
        if eval_set is None:
            return None
        if not isinstance(eval_set, tuple | list) or len(eval_set) != 2:
            raise DataError("eval_set must be a pair (X, y).")
        X, y = self._rows(*eval_set)
        if len(y) != len(X):
            raise DataError(f"eval_set has {len(X)} rows of X, but {len(y)} of y.")
        given = _weights(eval_sample_weight, len(y), "eval_sample_weight")
        return EncodedRows(X, y, self._row_weights(y, given, False))

    def _n_epoch_tasks(self) -> int:
        return 0 if self.solver == "lbfgs" else int(self.max_iter)

    def _rows(self, X: Any, y: Any) -> tuple[Array, Array]:
        check_real(y, "y", text=is_classifier(self))
        return _dense(self._read(X), self.coefs_[0].dtype), self._encode(y)

    def _weights_of(self, X: Any, y: Any, sample_weight: Any) -> Array | None:
        """The weights of rows that are scored, after a look at y."""
        check_consistent_length(X, y)
        check_real(y, "y", text=is_classifier(self))
        return read_weights(sample_weight, y.shape[0] if hasattr(y, "shape") else len(y))

    def _fit_stochastic(
        self,
        spec: NetworkSpec,
        params: Params,
        train: EncodedRows,
        evaluated: EncodedRows | None,
        incremental: bool,
        saved: Checkpoint | None,
    ) -> Params:
        if self.early_stopping and incremental:
            raise ValueError("partial_fit does not support early_stopping=True")
        rows = held_out = None
        if self.early_stopping and evaluated is None:
            rows, held_out = self._split(train.y)
        if not hasattr(self, "_seed"):
            self._seed = int(self._random_state.randint(np.iinfo(np.int32).max))
        if not (incremental and hasattr(self, "_optimizer")):
            before = getattr(self, "_optimizer", None)
            epoch = 0 if before is None else before.state.epoch
            state = TrainingState(solver_optimizer(self), epoch=epoch)
            self._optimizer = Optimizer(float(self.learning_rate_init), state)
        if held_out is not None or evaluated is not None:
            self.validation_scores_ = self.validation_scores_ or []
            self.validation_loss_curve_ = self.validation_loss_curve_ or []
        if self.early_stopping and self.best_validation_score_ is None:
            self.best_validation_score_, self.best_loss_ = -math.inf, None
        if not self.early_stopping and self.best_loss_ is None:
            self.best_loss_ = math.inf
        tried = train.y if held_out is not None or evaluated is not None else None
        score = score_function(
            self.metric, self._score_names, self._decode, self.greater_is_better, tried
        )
        course = Course(self, spec, train, rows, held_out, evaluated, score, incremental, saved)
        return course.run(params)

    def _split(self, y: Array) -> tuple[Array, Array]:
        """scikit-learn's own split: (rows to train on, validation rows)."""
        rows, held_out = train_test_split(
            np.arange(len(y)),
            random_state=self._random_state,
            test_size=self.validation_fraction,
            stratify=self._strata(y),
        )
        if len(held_out) < 2:
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' or the size of "
                "your dataset."
            )
        return rows, held_out

    def _fit_lbfgs(self, spec: NetworkSpec, params: Params, train: EncodedRows) -> Params:
        offset = LossScale(spec, train.y, train.weights)(0.0)  # of the poisson deviance

        def report(iteration: int, loss: float) -> None:
            print(f"Iteration {iteration}, loss = {loss + offset:.8f}")

        found = minimize_loss(
            spec,
            params,
            train.X,
            train.y,
            float(self.alpha),
            sample_weight=train.weights,
            max_iter=int(self.max_iter),
            max_fun=int(self.max_fun),
            tol=float(self.tol),
            n_threads=plain(self.n_threads),
            report=report if self.verbose else None,
        )
        self.n_iter_, self.loss_ = found.n_iter, found.loss + offset
        self.training_ = None
        if found.failure:
            warn_caller(
                f"lbfgs failed to converge after {found.n_iter} iteration(s): {found.failure}. "
                "Increase max_iter or max_fun, or scale the columns of X.",
                ConvergenceWarning,
            )
        dtype = self.coefs_[0].dtype
        return {name: array.astype(dtype, copy=False) for name, array in found.params.items()}

    @property
    def spec_(self) -> NetworkSpec:
        """The network of `coefs_`, with the dropout of training."""
        check_is_fitted(self)
        n_hidden = len(self.coefs_) - 1
        activation, loss = _OUTPUTS[self.out_activation_]
        return _network(
            (self.coefs_[0].shape[0], *(coef.shape[1] for coef in self.coefs_)),
            tuple(hidden_activations(self.activation, n_hidden)[:n_hidden]),
            tuple(dropout_rates(self.dropout, n_hidden)),
            activation,
            self.loss if activation == "identity" else loss,
        )

    def _params(self, dtype: Any = None) -> Params:
        """The engine's parameters: W is the transpose of a coefficient matrix."""
        params: Params = {}
        dtype = self.coefs_[0].dtype if dtype is None else dtype
        for number, (coef, intercept) in enumerate(
            zip(self.coefs_, self.intercepts_, strict=True), start=1
        ):
            params[f"W{number}"] = np.ascontiguousarray(coef.T, dtype=dtype)
            params[f"b{number}"] = np.ascontiguousarray(intercept, dtype=dtype)
        return params

    def _set_fitted(self, params: Params, training: TrainingSpec | None) -> None:
        """Take the parameters and the training of a model file."""
        self.coefs_, self.intercepts_ = _coefficients(params)
        self.n_outputs_, self.out_activation_ = self._output()
        self.training_ = training

    def _pickled_record(self) -> ModelRecord | None:
        return self.to_record() if hasattr(self, "coefs_") else None

    def _read(self, X: Any) -> Any:
        return self._validated(X, reset=False)

    def _validated(self, *rows: Any, **keywords: Any) -> Any:
        """scikit-learn's `validate_data`, with our sentences where it has none."""
        X, *rest = rows = tuple(
            engine.own_view(each) if type(each) is np.ndarray else each for each in rows
        )
        check_real(X, "X")
        for y in rest:
            check_consistent_length(X, y)  # before anything looks at every row of a huge view
            check_real(y, "y", text=is_classifier(self))
        try:
            return validate_data(self, *rows, accept_sparse=["csr", "csc"], **keywords)
        except DuplicateError as error:
            raise DataError(
                f"X has several columns of one name ({' '.join(str(error).split())}); rename them."
            ) from None

    def _forward(self, X: Any) -> Array:
        """a(L), (n_samples, n_outputs), in float64 unless both X and weights are float32."""
        check_is_fitted(self)
        X = self._read(X)
        dtype = np.float32 if X.dtype == self.coefs_[0].dtype == np.float32 else np.float64
        rows, threads = _dense(X, dtype), plain(self.n_threads)
        predictor = engine.kept_predictor(self, self.spec_, self._params(dtype))
        return engine.finite_outputs(predictor(rows, n_threads=threads))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


@lru_cache(64)  # asked for at every prediction
def _network(
    sizes: tuple[int, ...],
    activations: tuple[str, ...],
    rates: tuple[float, ...],
    output: str,
    loss: str,
) -> NetworkSpec:
    """From the sizes of all layers, and the activations and dropout of the hidden ones."""
    layers: list[Dense | Dropout] = []
    for units, name, rate in zip(sizes[1:-1], activations, rates, strict=True):
        layers.append(Dense(units, name))
        if rate:
            layers.append(Dropout(rate))
    layers.append(Dense(sizes[-1], output))
    return NetworkSpec(sizes[0], tuple(layers), Loss(loss))


def _coefficients(params: Params) -> tuple[list[Array], list[Array]]:
    """scikit-learn's form: a matrix of coefficients is the transpose of W."""
    numbers = range(1, len(params) // 2 + 1)
    return [params[f"W{l}"].T for l in numbers], [params[f"b{l}"] for l in numbers]


def _dense(X: Any, dtype: Any) -> Array:
    """Sparse rows written out; the engine multiplies dense ones."""
    needed = np.dtype(dtype).itemsize * math.prod(X.shape)
    if hasattr(X, "toarray") and needed > physical_memory():
        raise DataError(
            f"X is sparse, and its {X.shape[0]:,} rows and {X.shape[1]:,} columns would be "
            f"{needed / 2**30:,.0f} GiB written out, which is more than this machine can hold.",
            "Train on fewer rows at a time, with partial_fit, or on fewer columns.",
        )
    array = X.toarray() if hasattr(X, "toarray") else X
    return np.ascontiguousarray(array, dtype=dtype)


def _state_of(random_state: Any, saved: Checkpoint | None) -> Any:
    """`random_state`; without one, a checkpoint holds the seed that was drawn."""
    if saved is None or random_state is not None:
        return random_state
    return int(saved.remembered("seed", lambda: check_random_state(None).randint(1 << 31)))


def _weights(sample_weight: Any, n: int, noun: str = "sample_weight") -> Array | None:
    if isinstance(sample_weight, Real):
        sample_weight = np.full(n, float(sample_weight))
    return read_weights(sample_weight, n, noun)


def has_partial_fit(model: BaseMLP) -> bool:
    """Whether the solver goes on from one call to the next; AttributeError where it does not."""
    if model.solver == "lbfgs":
        raise AttributeError(
            "partial_fit is only available for stochastic optimizers. lbfgs is not stochastic."
        )
    return True
