"""`TabularRegressor`: `fit(df, y)` on the raw table."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from chainrule.errors import SpecError
from chainrule.estimators.tabular.inspection import InspectedModel
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.estimators.tabular.targets import read_numbers
from chainrule.estimators.weights import read_weights
from chainrule.table.encode.target import TargetScale
from chainrule.table.frame import as_table


class TabularRegressor(RegressorMixin, InspectedModel):  # type: ignore[misc]
    """A neural network for numbers, trained well on a raw table without settings.

    Numbers, text, categories, booleans, dates and missing values are handled; the preprocessing and
    the scale of y are part of the model. One target or several.

    Parameters
    ----------
    metric : None, "rmse", "r2", "mae", "huber", "poisson_deviance", "pinball" or callable
        Chooses the epoch that is kept, on the validation rows. None is what the loss aims at:
        "rmse", "mae", "huber", "poisson_deviance" or "pinball"; the last three go with their own
        loss only. A callable gets (y_true, y_pred) in y's own units, lower is better.
    loss : None, "squared_error", "absolute_error", "huber", "poisson" or "pinball"
        None is "squared_error"; the first three and "pinball" are of the scaled target. "poisson"
        predicts rates of counts, always above 0. "pinball" predicts `quantiles`.
    quantiles : float or sequence of float, default (0.1, 0.5, 0.9)
        With loss="pinball": ascending, between 0 and 1; one column of `predict` each, which never
        cross. Without effect on other losses.
    others
        As in `TabularClassifier`, which has `class_weight` and `calibrate` besides.

    Attributes
    ----------
    target_scale_ : TargetScale
        Mean and standard deviation of y.
    others
        As in `TabularClassifier`, which has `classes_` instead.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from chainrule import TabularRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = TabularRegressor(epochs=5, random_state=0).fit(X, y)
    >>> model.predict(X).shape
    (442,)
    """

    _kind: ClassVar[str] = "tabular_regressor"
    _task: ClassVar[str] = "regression"
    _target_type = NumberTarget
    _target: NumberTarget

    def __init__(
        self,
        *,
        preset: str = "default",
        metric: Any = None,
        loss: Any = None,
        quantiles: Any = (0.1, 0.5, 0.9),
        n_members: int | None = None,
        hidden_layer_sizes: Any = None,
        epochs: int | None = None,
        batch_size: Any = "auto",
        learning_rate: float | None = None,
        validation_fraction: float = 0.2,
        patience: int | None = None,
        time_limit: float | None = None,
        categorical_features: Any = None,
        refit: bool = False,
        dropout: float | None = None,
        init: str | None = None,
        dtype: Any = "float32",
        random_state: Any = None,
        n_threads: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.preset = preset
        self.metric = metric
        self.loss = loss
        self.quantiles = quantiles
        self.n_members = n_members
        self.hidden_layer_sizes = hidden_layer_sizes
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.time_limit = time_limit
        self.categorical_features = categorical_features
        self.refit = refit
        self.dropout = dropout
        self.init = init
        self.dtype = dtype
        self.random_state = random_state
        self.n_threads = n_threads
        self.verbose = verbose

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        eval_set: Any = None,
        eval_sample_weight: Any = None,
    ) -> Self:
        """Train on a table; y has shape (n_samples,) or (n_samples, n_outputs).

        The other arguments and the errors are those of `TabularClassifier.fit`.
        """
        with self._fit_task(X, y, sample_weight):
            return self._fit(X, y, sample_weight, eval_set, eval_sample_weight)

    def predict(self, X: Any) -> np.ndarray:
        """Predictions in y's own units, float64, of y's shape."""
        outputs = self._outputs(X)
        return self._target.decode(outputs)

    def predict_interval(self, X: Any, coverage: float = 0.9) -> np.ndarray:
        """Bounds between which y lies with the stated frequency: conformal prediction.

        Parameters
        ----------
        X : data frame, mapping of arrays, array, sparse matrix or list
        coverage : float, default 0.9
            Share of new rows whose y lies within, the rest half below and half above; of each
            target by itself. It holds on average over rows that are of the kind of the training
            rows, whatever the network: split conformal prediction, or CV+ where members were
            validated on rows of their own, and conformalised quantiles for loss="pinball" (see
            `estimators.tabular.intervals`). The errors come from the validation rows, which also
            chose the epoch; with few of them and many epochs the coverage is a little lower. After
            `refit` they are those of the network before it.

        Returns
        -------
        ndarray, float64, shape (n_samples, 2), or (n_samples, 2, n_outputs) for several targets

        Raises
        ------
        DataError
            Where there were no validation rows, or too few for this coverage.
        SpecError
            For a coverage that is not between 0 and 1.
        """
        check_is_fitted(self)
        if not isinstance(coverage, float | np.floating) or not 0.0 < coverage < 1.0:
            raise SpecError(f"coverage must be a number between 0 and 1, found {coverage!r}.")
        return self._target.interval(self._outputs(X), float(coverage))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R2, weighted by `sample_weight`; for quantiles the mean of their D2.

        D2 = 1 - (pinball loss) / (pinball loss of the rows' own quantile), R2's counterpart.
        """
        y = read_numbers(y, as_table(X).n_rows)
        predicted = self.predict(X)
        weights = read_weights(sample_weight, len(predicted))
        return 1.0 - self._target.error(None, y, predicted, weights)

    @property
    def target_scale_(self) -> TargetScale:
        """Mean and standard deviation of y."""
        check_is_fitted(self)
        return self._target.scale
