"""`TabularRegressor`: `fit(df, y)` on the raw table."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from chainrule.estimators.tabular.inspection import InspectedModel
from chainrule.estimators.tabular.intervals import checked_coverage
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
    preset : {"default", "fast", "best"}, default "default"
        "fast" is one network of at most 96 epochs, "default" the average of 4 such of 64, "best"
        of 8 of 256; arguments left at None take their value from this row of `PRESETS` in
        `estimators.tabular.recipe`. Many rows have fewer epochs, down to 16 (`Recipe` there).
    metric : None, str or callable, default None
        "rmse", "r2", "mae", "huber", "poisson_deviance", "pinball" or a function.
        Chooses the epoch that is kept, on the validation rows. None is what the loss aims at:
        "rmse", "mae", "huber", "poisson_deviance" or "pinball"; the last three go with their own
        loss only. A callable gets (y_true, y_pred) in y's own units, and may be a scorer or a
        metric of scikit-learn.
    greater_is_better : None or bool, default None
        Of a metric given as a function. None knows scikit-learn's; of others lower is better, and
        one that gives the true answers more than a constant answer is refused.
    loss : None, "squared_error", "absolute_error", "huber", "poisson" or "pinball", default None
        None is "squared_error"; the first three and "pinball" are of the scaled target. "poisson"
        predicts rates of counts, always above 0. "pinball" predicts `quantiles`.
    quantiles : float or sequence of float, default (0.1, 0.5, 0.9)
        With loss="pinball": ascending, between 0 and 1; one column of `predict` each, which never
        cross. Without effect on other losses.
    n_members : None or int, default None
        Networks whose answers are averaged. Each trains on all rows but one fold, which chooses its
        epoch. They train at once, one a thread. With an `eval_set`, or `validation_fraction=0`,
        they differ by their seeds only.
    hidden_layer_sizes : None, int or sequence of int, default None
        Preset: three layers of 256.
    epochs : None or int, default None
        None takes the preset's, or what `time_limit` allows; `n_epochs_` tells.
    batch_size : "auto", int or None, default "auto"
        "auto" makes about 32 nearly equal batches an epoch, of about 16 to 256 rows; None is the
        full batch.
    learning_rate : None or float, default None
        Preset: 0.2, rising and falling in valleys (coslog4).
    validation_fraction : None or float, default None
        Share of the rows that choose the epoch of a network. None is 0.2 for one network; several
        take a fold each. 0 trains on all rows and keeps the last epoch, whatever `cv` says.
    cv : None, int, splitter of scikit-learn, or pairs of arrays of row numbers, default None
        Which rows each network trains on and which choose its epoch; a network for each split
        unless `n_members` is given. None deals them by group or time (see `fit`), or at random.
    patience : None or int, default None
        Stop after so many epochs without improvement. None never stops early.
    time_limit : None or float, default None
        Seconds that `fit` may take. Without `epochs`, a short trial sets their number, and the
        schedule fits it: the same number as `epochs` gives the same model. Training stops at the
        end of an epoch if the limit is reached all the same.
    categorical_features : None or sequence of names, positions or booleans, default None
        Columns whose numbers are names of categories.
    clip : bool, default True
        Keep every network's prediction in the range of y in training: outside of the training range
        of the columns a network may answer anything. False lets it go on, for rows that lie beyond
        what was seen in a direction that the network can continue.
    drop_identifiers : bool, default True
        Leave out columns that only name rows: texts with (nearly) a value of its own in every row,
        and whole numbers of that kind where the name of the column says so (`id`, `order_no`).
        Free text of many words is no such column; it becomes a few numbers.
    hash_categories : bool, default False
        Keep keyed hashes of the categories of text in the model instead of the categories, so that
        nobody reads them in its file. The key lies in the file, too: who has a list of candidates
        can try them.
    refit : bool, default False
        Train the one network again on all rows, up to the best epoch.
    warm_start : bool, default False
        Go on from the networks of the last `fit`, or of the file, with the rows given now. Columns,
        categories, classes and the scale of y stay as they were: a new category is unknown, and a
        notice says so. Moments and schedules begin anew; for a few new rows take few `epochs` and a
        lower `learning_rate`.
    dropout : None or float, default None
        After every hidden layer; preset: 0.15, less and less in the second half.
    weight_decay : None or float, default None
        Share of a weight that a step takes off, per unit of the learning rate (adamw); preset:
        0.02, less and less in the second half.
    embedded_numbers : None or int, default None
        Units of the periodic embedding of each number, which stand beside the number; 0 has no
        embedding. Preset: 3.
    init : None or str, default None
        One of `spec.INITIALIZATIONS`, or the preset's "data_driven".
    dtype : "float32", "float64" or "bfloat16", default "float32"
        Number type of the network; "bfloat16" trains wide layers faster, as in `Network`.
    random_state : None, int or RandomState, default 0
        The seed of initialisation, split, order of rows and dropout. Same seed, same bits.
    n_threads : None or int, default None
        None chooses by the machine; never changes a result.
    verbose : {0, 1, 2}, default 0
        1 keeps one line on standard error, 2 prints a line an epoch.

    Attributes
    ----------
    target_scale_ : TargetScale
        Mean and standard deviation of y.
    n_features_in_ : int
        Columns of X.
    feature_names_in_ : ndarray of str
        Only if X had string column names.
    encoder_ : Encoder
        From the columns of X to the inputs of the networks.
    input_names_ : tuple of str
        What each input of layer 1 is.
    spec_ : NetworkSpec
        The layers and the loss of the networks.
    training_ : TrainingSpec or None
        How the first of them was trained; the others differ in their seed.
    members_ : list of Member
        Parameters and history of each network.
    n_members_ : int
        How many there are.
    network_ : Network
        The first one, a copy, on encoded inputs; `member(k)` gives any.
    history_ : History
        Of the first one.
    loss_curve_, validation_curve_ : list of float
        Training and validation loss of every epoch, as in `history_`.
    best_epoch_ : int or None
        The epoch that was kept, from 0; None without validation rows.
    n_epochs_ : int
        Completed epochs of the network that trained longest.
    scores_ : dict of str to Score
        Metrics on rows that training did not see, each answered by an epoch chosen without it,
        with a bootstrap interval beside the answer that needs no columns.
    scored_how_ : str
        Which rows `scores_` are of and how they were answered, in a sentence.
    validation_ : Evaluation
        Those rows and answers; not in files.
    oof_predict_ : ndarray
        Out-of-fold predictions of the rows given to `fit`; not in files.
    interrupted_ : bool
        Whether Ctrl-C ended the training.

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
        greater_is_better: bool | None = None,
        loss: Any = None,
        quantiles: Any = (0.1, 0.5, 0.9),
        n_members: int | None = None,
        hidden_layer_sizes: Any = None,
        epochs: int | None = None,
        batch_size: Any = "auto",
        learning_rate: float | None = None,
        validation_fraction: float | None = None,
        cv: Any = None,
        patience: int | None = None,
        time_limit: float | None = None,
        categorical_features: Any = None,
        clip: bool = True,
        drop_identifiers: bool = True,
        hash_categories: bool = False,
        refit: bool = False,
        warm_start: bool = False,
        dropout: float | None = None,
        weight_decay: float | None = None,
        embedded_numbers: int | None = None,
        init: str | None = None,
        dtype: Any = "float32",
        random_state: Any = 0,
        n_threads: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.preset = preset
        self.metric = metric
        self.greater_is_better = greater_is_better
        self.loss = loss
        self.quantiles = quantiles
        self.n_members = n_members
        self.hidden_layer_sizes = hidden_layer_sizes
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.validation_fraction = validation_fraction
        self.cv = cv
        self.patience = patience
        self.time_limit = time_limit
        self.categorical_features = categorical_features
        self.clip = clip
        self.drop_identifiers = drop_identifiers
        self.hash_categories = hash_categories
        self.refit = refit
        self.warm_start = warm_start
        self.dropout = dropout
        self.weight_decay = weight_decay
        self.embedded_numbers = embedded_numbers
        self.init = init
        self.dtype = dtype
        self.random_state = random_state
        self.n_threads = n_threads
        self.verbose = verbose

    def predict(self, X: Any) -> np.ndarray:
        """The predicted number of every row: the mean of the networks, in y's own units.

        Each network's prediction stays within the range of y in training, unless clip=False. Rows
        that lie far outside the training range of a number's column are told in a `DataNotice`.

        Parameters
        ----------
        X : data frame, mapping of arrays, array, sparse matrix or list, (n_samples, n_features)

        Returns
        -------
        ndarray, float64, shape (n_samples,), or (n_samples, n_outputs)
            Of several targets, or of `quantiles`, a column each.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError
            Naming the column or row of X that cannot be used.
        """
        outputs = self._outputs(X)
        return self._target.decode(outputs)

    def predict_interval(self, X: Any, coverage: float = 0.9) -> np.ndarray:
        """Bounds between which y lies with the stated frequency: conformal prediction.

        Parameters
        ----------
        X : data frame, mapping of arrays, array, sparse matrix or list, (n_samples, n_features)
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
        NotFittedError
            Before `fit`.
        DataError
            Where there were no validation rows, or too few for this coverage; naming the column or
            row of X that cannot be used.
        SpecError
            For a coverage that is not between 0 and 1.
        """
        check_is_fitted(self)
        return self._target.interval(self._outputs(X), checked_coverage(coverage))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R2, the mean over targets; for quantiles the mean of their D2.

            R2 = 1 - sum s (y - prediction)^2 / sum s (y - mean)^2
            D2 = 1 - (pinball loss) / (pinball loss of the rows' own quantile)

        Parameters
        ----------
        X : data frame, mapping of arrays, array, sparse matrix or list, (n_samples, n_features)
        y : numbers of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array of shape (n_samples,), optional
            At least 0. Default: 1 for every row.

        Returns
        -------
        float
            1 at best; 0 is that of the rows' mean, or of their quantiles.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError
            Naming the column, row or argument that cannot be used.
        """
        y = read_numbers(y, as_table(X).n_rows)
        predicted = self.predict(X)
        weights = read_weights(sample_weight, len(predicted))
        return 1.0 - self._target.error(None, y, predicted, weights)

    @property
    def oof_predict_(self) -> np.ndarray:
        """Out-of-fold predictions of the rows given to `fit`, in the shape of `predict`.

        Of each row the answer of the networks that did not train on it, by an epoch
        chosen on other rows; NaN where every network trained on it.
        """
        check_is_fitted(self)
        return self._target.shaped(self._oof)

    @property
    def target_scale_(self) -> TargetScale:
        """Mean and standard deviation of y."""
        check_is_fitted(self)
        return self._target.scale
