"""MLPClassifier: scikit-learn's classifier by name and behaviour, trained by the engine."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.metaestimators import available_if

from chainrule import engine
from chainrule.errors import DataError
from chainrule.estimators.mlp.base import has_partial_fit
from chainrule.estimators.mlp.labels import LabelledMLP
from chainrule.estimators.mlp.scores import CLASSIFIER_SCORES, Score

Array = np.ndarray


class MLPClassifier(ClassifierMixin, LabelledMLP):  # type: ignore[misc]
    """Multi-layer perceptron: `sklearn.neural_network.MLPClassifier`, faster, by one other import.

    Parameters, defaults, fitted attributes and warnings are those of scikit-learn 1.9. The last
    four parameters, and `eval_set` of `fit`, are additions that are off by default.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default (100,)
        Units of each hidden layer.
    activation : str or list of str, default 'relu'
        'identity', 'logistic' (or 'sigmoid'), 'tanh', 'relu', or any other elementwise activation
        of `chainrule.spec.ACTIVATIONS`; a list has one for each hidden layer.
    solver : {'adam', 'sgd', 'lbfgs'}, default 'adam'
    alpha : float, default 1e-4
        A batch's loss holds alpha sum W^2 / (2 sum s), s the weights of its rows: the penalty
        depends on the batch and is strongest in a short last one. `Network` and `TrainingSpec` have
        `l2` = alpha / sum s instead; `weight_decay` is another thing.
    batch_size : int or 'auto', default 'auto'
        Rows of a step; 'auto' is min(200, n_samples); unused by lbfgs.
    learning_rate : {'constant', 'invscaling', 'adaptive'}, default 'constant'
        Of sgd. invscaling: learning_rate_init / (t + 1)^power_t after each epoch, t the rows seen;
        adaptive: a fifth whenever training stalls, until 1e-6.
    learning_rate_init : float, default 1e-3
        eta of sgd and adam, at the start.
    power_t : float, default 0.5
        Of invscaling.
    max_iter : int, default 200
        Epochs; iterations of lbfgs.
    shuffle : bool, default True
        A new order of rows each epoch.
    random_state : int, RandomState or None, default None
        Starting weights and validation split are scikit-learn's own; the order of rows is not.
    tol : float, default 1e-4
        What counts as an improvement; for lbfgs the largest element of the gradient at the end.
    verbose : bool, int or 'progress', default False
        True prints each epoch; 'progress' keeps one line with the remaining time.
    warm_start : bool, default False
        Go on from the weights of the last fit, with a new optimizer.
    momentum : float, default 0.9
        Of sgd.
    nesterovs_momentum : bool, default True
        Whether sgd takes Nesterov's form of it.
    early_stopping : bool, default False
        Hold rows out, stop when their score stalls, and keep the weights of the best epoch.
    validation_fraction : float, default 0.1
        Share of the rows held out by early stopping.
    beta_1, beta_2, epsilon : float, default 0.9, 0.999, 1e-8
        Of adam.
    n_iter_no_change : int or inf, default 10
        Epochs without improvement after which one more ends training.
    max_fun : int, default 15000
        Evaluations of the loss by lbfgs.
    class_weight : dict or 'balanced', optional
        Factor of each class on its rows' weights, in training and in validation scores;
        'balanced' is n_samples / (n_classes * count).
    dropout : float or list of float, default 0
        Share of units dropped after each hidden layer; not with lbfgs.
    metric : str or callable, optional
        What `validation_scores_` hold, higher is better: 'accuracy' (the default), 'neg_log_loss',
        or a function of (y_true, y_pred), whose negative is the score where lower is better.
    greater_is_better : bool, optional
        Of a metric given as a function. Default: as scikit-learn says of its own; True of others,
        and one that gives the true answers less than a constant answer is refused.
    n_threads : int, optional
        Default: by the machine; never changes a result.

    Attributes
    ----------
    coefs_ : list of ndarray
        `coefs_[l-1]` has shape (n_in, n_out): THE TRANSPOSE of W(l) in z(l) = W(l) a(l-1) + b(l),
        as in scikit-learn. `Network.weights` and the engine hold (n_out, n_in).
    intercepts_ : list of ndarray
        `intercepts_[l-1]` is b(l), (n_out,).
    loss_, best_loss_ : float
        Last and lowest entry of `loss_curve_`; `best_loss_` is None with early stopping.
    loss_curve_ : list of float
        Mean loss of each epoch, L2 term included; exact where scikit-learn clips a probability.
    validation_scores_, validation_loss_curve_ : list of float or None
        One entry an epoch with early stopping or an `eval_set`; the loss has no L2 term.
    best_validation_score_ : float or None
        With early stopping.
    n_iter_, t_, n_layers_, n_outputs_ : int
        Epochs of the last fit; rows seen; layers counting the input; outputs.
    out_activation_ : str
        Of the output layer: 'softmax', 'logistic', 'identity' or 'exp'.
    n_features_in_ : int
        Columns of X.
    spec_ : NetworkSpec
        The network of `coefs_`, with the dropout of training.
    training_ : TrainingSpec or None
        How it was trained; None after lbfgs.
    network_ : Network
        A copy of the network, with `explain` and `trace`.
    n_members_ : int
        1, the number of networks.
    feature_names_in_ : ndarray of str
        Only if X had string column names.
    classes_ : ndarray (n_classes,)
        Ascending; for several labels at once the positions of their columns.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from chainrule import MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = MLPClassifier(max_iter=500, learning_rate_init=0.01, random_state=0).fit(X, y)
    >>> model.coefs_[0].shape
    (4, 100)
    """

    _kind: ClassVar[str] = "mlp_classifier"
    _score_names: ClassVar[dict[str, Score]] = CLASSIFIER_SCORES

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: Any = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: Any = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        class_weight: Any = None,
        dropout: Any = 0.0,
        metric: Any = None,
        greater_is_better: bool | None = None,
        n_threads: int | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.class_weight = class_weight
        self.dropout = dropout
        self.metric = metric
        self.greater_is_better = greater_is_better
        self.n_threads = n_threads

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        eval_set: Any = None,
        eval_sample_weight: Any = None,
        checkpoint: Any = None,
    ) -> Self:
        """Train on all rows, for at most `max_iter` epochs.

        Parameters
        ----------
        X : array, data frame of numbers or sparse matrix, (n_samples, n_features)
            float32 is computed with in float32, all else in float64.
        y : labels of shape (n_samples,), or 0/1 of shape (n_samples, n_labels)
        sample_weight : array of shape (n_samples,), optional
            At least 0; a row of weight 0 is as if it were not there.
        eval_set : pair (X, y), optional
            Validation rows. With early stopping they take the place of the split; without it they
            are only recorded.
        eval_sample_weight : array of shape (n_validation,), optional
            Weights of the validation rows.
        checkpoint : str, path or Checkpoint, optional
            A file that keeps every 30 seconds where the training stands. Where it is there already,
            `fit` goes on from it, and ends with the same bits as without a break; it refuses one of
            other rows or settings.

        Returns
        -------
        self

        Raises
        ------
        SpecError
            Naming the argument that cannot be.
        DataError, ValueError
            Naming what cannot be used in X, y or the weights; the second in scikit-learn's words,
            also where the weights of the network leave the finite numbers.
        """
        with self._fit_task(X, y, sample_weight):
            return self._fit(
                X,
                y,
                sample_weight,
                eval_set=eval_set,
                eval_sample_weight=eval_sample_weight,
                checkpoint=checkpoint,
            )

    @available_if(has_partial_fit)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """One epoch over these rows, going on from the last call.

        Parameters
        ----------
        X : array, data frame of numbers or sparse matrix, (n_samples, n_features)
        y : labels of shape (n_samples,), or 0/1 of shape (n_samples, n_labels)
        sample_weight : array of shape (n_samples,), optional
            At least 0.
        classes : array of shape (n_classes,), optional
            All classes that any call will have; needed by the first.

        Returns
        -------
        self

        Raises
        ------
        AttributeError
            For the solver lbfgs.
        DataError, ValueError
            Naming what cannot be used: rows, classes, or class_weight='balanced', which needs all
            rows at once, and early stopping, which needs several epochs.
        """
        self._check_classes(y, classes)
        if isinstance(self.class_weight, str):
            raise DataError(
                "class_weight='balanced' needs all rows at once, which partial_fit does not see; "
                "give a mapping of class to factor."
            )
        with engine.fitting(self):
            return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> Array:
        """The most probable class of every row.

        Parameters
        ----------
        X : array, data frame of numbers or sparse matrix, (n_samples, n_features)

        Returns
        -------
        ndarray (n_samples,), or (n_samples, n_labels)
            Entries of `classes_`; for several labels at once 1 where the probability exceeds 1/2.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            Where X has other columns than in training, or holds what is no finite number.
        """
        return self._decode(self._forward(X))

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class: softmax(z(L)), or the sigmoid of each label.

        Parameters
        ----------
        X : array, data frame of numbers or sparse matrix, (n_samples, n_features)

        Returns
        -------
        ndarray (n_samples, n_classes)
            Columns as in `classes_`; float32 where X and the weights are, else float64.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            Where X has other columns than in training, or holds what is no finite number.
        """
        outputs = self._forward(X)
        return np.hstack([1 - outputs, outputs]) if self.n_outputs_ == 1 else outputs

    def predict_log_proba(self, X: Any) -> Array:
        """The logarithm of `predict_proba`.

        Parameters
        ----------
        X : array, data frame of numbers or sparse matrix, (n_samples, n_features)

        Returns
        -------
        ndarray (n_samples, n_classes)
            -inf where a probability is 0.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            Where X has other columns than in training, or holds what is no finite number.
        """
        with np.errstate(divide="ignore"):
            logarithms: Array = np.log(self.predict_proba(X))
            return logarithms

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The share of rows whose label is right, as scikit-learn's.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        y : array of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array of shape (n_samples,), optional
            At least 0. Default: 1 for every row.

        Returns
        -------
        float

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError, ValueError
            Naming what cannot be used in the rows.
        """
        return float(super().score(X, y, self._weights_of(X, y, sample_weight)))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
