"""`TabularClassifier`: `fit(df, y)` on the raw table."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from chainrule.estimators.tabular.calibration import Temperature
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.inspection import InspectedModel
from chainrule.estimators.tabular.targets import read_target
from chainrule.estimators.weights import read_weights
from chainrule.table.frame import as_table


class TabularClassifier(ClassifierMixin, InspectedModel):  # type: ignore[misc]
    """A neural network for classes, trained well on a raw table without settings.

    Numbers, text, categories, booleans, dates and missing values are handled; the preprocessing is
    part of the model. Two or more classes, or several labels at once (y of 0/1 columns).

    Parameters
    ----------
    preset : {"default", "fast", "best"}, default "default"
        "fast" is one network of at most 96 epochs, "default" the average of 4 such of 64, "best"
        of 8 of 256; arguments left at None take their value from this row of `PRESETS` in
        `estimators.tabular.recipe`. Many rows have fewer epochs, down to 16 (`Recipe` there).
    metric : None, str or callable, default None
        "log_loss", "brier", "accuracy", "balanced_accuracy", "auc" or a function.
        Chooses the epoch that is kept, on the validation rows; the last of equals. None,
        "log_loss" and "brier" go by the log-loss, after the best temperature if `calibrate`; "auc"
        is steered by the plain log-loss; a callable gets (y_true, probabilities before
        calibration), and may be a scorer or a metric of scikit-learn.
    greater_is_better : None or bool, default None
        Of a metric given as a function. None knows scikit-learn's; of others lower is better, and
        one that gives the true answers more than a constant answer is refused.
    loss : None or str, default None
        None is "cross_entropy", or "binary_cross_entropy" for several labels at once.
    n_members : None or int, default None
        Networks whose answers are averaged. Each trains on all rows but one fold, which chooses its
        epoch and calibrates it; classes with fewer rows than folds are always in training. They
        train at once, one a thread. With an `eval_set`, or `validation_fraction=0`, they differ by
        their seeds only.
    hidden_layer_sizes : None, int or sequence of int, default None
        Preset: three layers of 256.
    epochs : None or int, default None
        None takes the preset's, or what `time_limit` allows; `n_epochs_` tells.
    batch_size : "auto", int or None, default "auto"
        "auto" makes about 32 nearly equal batches an epoch, of about 16 to 256 rows; None is the
        full batch.
    learning_rate : None or float, default None
        Preset: 0.04, rising and falling in valleys (coslog4).
    validation_fraction : None or float, default None
        Share of the rows, by class, that choose the epoch of a network. None is 0.2 for one
        network; several take a fold each. 0 trains on all rows and keeps the last epoch,
        whatever `cv` says.
    cv : None, int, splitter of scikit-learn, or pairs of arrays of row numbers, default None
        Which rows each network trains on and which choose its epoch; a network for each split
        unless `n_members` is given. None deals them by class, group or time (see `fit`).
    patience : None or int, default None
        Stop after so many epochs without improvement. None never stops early.
    time_limit : None or float, default None
        Seconds that `fit` may take. Without `epochs`, a short trial sets their number, and the
        schedule fits it: the same number as `epochs` gives the same model. Training stops at the
        end of an epoch if the limit is reached all the same.
    class_weight : None, "balanced" or mapping of label to factor, default None
        Multiplies the weights of rows in training, choice of the epoch and calibration. With
        "balanced", n / (n_classes * count), `predict_proba` answers the balanced problem.
    categorical_features : None or sequence of names, positions or booleans, default None
        Columns whose numbers are names of categories.
    drop_identifiers : bool, default True
        Leave out columns that only name rows: texts with (nearly) a value of its own in every row,
        and whole numbers of that kind where the name of the column says so (`id`, `order_no`).
        Free text of many words is no such column; it becomes a few numbers.
    hash_categories : bool, default False
        Keep keyed hashes of the categories of text in the model instead of the categories, so that
        nobody reads them in its file. The key lies in the file, too: who has a list of candidates
        can try them.
    calibrate : bool, default True
        Fit a temperature to the validation rows (see `estimators.tabular.calibration`).
    refit : bool, default False
        Train the one network again on all rows, up to the best epoch. Scores and temperature are
        those of the network before it; a temperature that sharpens becomes 1.
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
    classes_ : ndarray, shape (n_classes,)
        Ascending; for several labels at once the positions of their columns.
    class_weight_ : ndarray, shape (n_classes,), or None
        What `class_weight` multiplies the weight of each class's rows by.
    temperatures_ : tuple of Temperature
        What calibrates the probabilities of each member; beta 1 changes nothing.
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
    oof_predict_proba_ : ndarray
        Out-of-fold probabilities of the rows given to `fit`; not in files.
    interrupted_ : bool
        Whether Ctrl-C ended the training.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from chainrule import TabularClassifier
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = TabularClassifier(epochs=5, random_state=0).fit(X, y)
    >>> model.predict_proba(X).shape
    (150, 3)
    """

    _kind: ClassVar[str] = "tabular_classifier"
    _task: ClassVar[str] = "classification"
    _target_type = ClassTarget
    _target: ClassTarget

    def __init__(
        self,
        *,
        preset: str = "default",
        metric: Any = None,
        greater_is_better: bool | None = None,
        loss: Any = None,
        n_members: int | None = None,
        hidden_layer_sizes: Any = None,
        epochs: int | None = None,
        batch_size: Any = "auto",
        learning_rate: float | None = None,
        validation_fraction: float | None = None,
        cv: Any = None,
        patience: int | None = None,
        time_limit: float | None = None,
        class_weight: Any = None,
        categorical_features: Any = None,
        drop_identifiers: bool = True,
        hash_categories: bool = False,
        calibrate: bool = True,
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
        self.n_members = n_members
        self.hidden_layer_sizes = hidden_layer_sizes
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.validation_fraction = validation_fraction
        self.cv = cv
        self.patience = patience
        self.time_limit = time_limit
        self.class_weight = class_weight
        self.categorical_features = categorical_features
        self.drop_identifiers = drop_identifiers
        self.hash_categories = hash_categories
        self.calibrate = calibrate
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

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class: softmax(mean_k beta_k z_k(L)).

        z_k(L) are the logits of network k, and beta_k is its entry of `temperatures_`. Several
        labels at once have the sigmoid in place of softmax.

        Parameters
        ----------
        X : data frame, mapping of arrays, array, sparse matrix or list, (n_samples, n_features)

        Returns
        -------
        ndarray, float64, shape (n_samples, n_classes)
            Columns as in `classes_`.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError
            Naming the column or row of X that cannot be used.
        """
        logits = self._outputs(X)
        return self._target.decode(logits)

    def predict(self, X: Any) -> np.ndarray:
        """The most probable class of every row.

        Parameters
        ----------
        X : data frame, mapping of arrays, array, sparse matrix or list, (n_samples, n_features)

        Returns
        -------
        ndarray, shape (n_samples,), or (n_samples, n_labels)
            Entries of `classes_`; for several labels at once 1 where the probability exceeds 1/2.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError
            Naming the column or row of X that cannot be used.
        """
        proba = self.predict_proba(X)
        return self._target.labels.decode(proba)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Accuracy: the share of rows whose class, or labels all together, is predicted.

        Parameters
        ----------
        X : data frame, mapping of arrays, array, sparse matrix or list, (n_samples, n_features)
        y : labels of shape (n_samples,), or 0/1 of shape (n_samples, n_labels)
        sample_weight : array of shape (n_samples,), optional
            At least 0. Default: 1 for every row.

        Returns
        -------
        float
            Weighted; 1 at best, and 0 at worst.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError
            Naming the column, row or argument that cannot be used.
        """
        y = read_target(y, as_table(X).n_rows)
        return float(super().score(X, y, read_weights(sample_weight, len(y))))

    @property
    def classes_(self) -> np.ndarray:
        """The classes, ascending; for several labels, the positions of their columns."""
        check_is_fitted(self)
        return self._target.labels.classes

    @property
    def temperatures_(self) -> tuple[Temperature, ...]:
        """What calibrates the probabilities of each member; beta 1 changes nothing."""
        check_is_fitted(self)
        return self._target.temperatures

    @property
    def class_weight_(self) -> np.ndarray | None:
        """What `class_weight` multiplies the weight of each class's rows by, as in `classes_`."""
        check_is_fitted(self)
        return self._target.factors

    @property
    def oof_predict_proba_(self) -> np.ndarray:
        """Out-of-fold probabilities of the rows given to `fit`, (n_samples, n_classes).

        Of each row the answer of the networks that did not train on it, by an epoch and a
        temperature chosen on other rows; NaN where every network trained on it.
        """
        check_is_fitted(self)
        return self._oof

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
