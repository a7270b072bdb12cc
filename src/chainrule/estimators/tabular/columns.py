"""What the columns of the table do to the answers of a fitted Tabular estimator."""

from __future__ import annotations

from typing import Any

from sklearn.utils.validation import check_is_fitted

from chainrule.estimators.tabular.attribution import attribute
from chainrule.estimators.tabular.base import TabularModel
from chainrule.estimators.tabular.dependence import dependence
from chainrule.estimators.tabular.importance import FeatureImportance, feature_importance
from chainrule.explain.attribution import Attributions
from chainrule.explain.dependence import Dependence


class ColumnsModel(TabularModel):
    """The methods that say how much columns matter, what they add, and how answers go with them."""

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
        X, y : table and targets
            As for `fit`, best rows that training did not see.
        sample_weight : array of shape (n_samples,), optional
            At least 0. Default: 1 for every row.
        n_repeats : int, default 5
            Permutations of each column.
        metric : None, str or callable, default None
            The error: None is 1 - score(X, y); a name is a metric of the constructor, "r2",
            "accuracy", "balanced_accuracy" and "auc" as 1 minus it; a callable gets (y_true, y_pred
            or probabilities) as the constructor's `metric` does.
        random_state : None, int or RandomState, default 0
            Of the permutations.

        Returns
        -------
        FeatureImportance
            With `names`, `mean` and `std`, the most important column first; it prints as a table.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError, SpecError
            Naming the column, row or argument that cannot be used.
        """
        check_is_fitted(self)
        return feature_importance(self, X, y, sample_weight, n_repeats, metric, random_state)

    def attribute(
        self,
        X: Any,
        *,
        background: Any = None,
        method: str = "gradients",
        n_samples: int | None = None,
        random_state: Any = 0,
    ) -> Attributions:
        """How much each column adds to the answer in each row.

            base + sum over columns c of phi_c = answer
            phi_c = E over x', alpha of (x_c - x'_c) df/dx_c (x' + alpha (x - x'))

        with x' from the background and alpha uniform in (0, 1): expected gradients (Erion et al.
        2021), by the compiled way back. f is the log-odds of the second of two classes, or of each
        of several labels; of more classes the log-probability of each above the mean of all; or the
        number that is predicted, before it is kept within the range of training.

        Parameters
        ----------
        X : table
            The rows to explain.
        background : table, optional
            What they are compared with, such as rows of training; one row gives integrated
            gradients. At most 1,000 of it are used. Default: X itself.
        method : "gradients" or "shapley", default "gradients"
            "shapley" takes a column after the other from x' to x, in random orders: Shapley values,
            exact in the limit and slower by about the number of columns.
        n_samples : int, optional
            Points of paths, or orders, a row; four times as many halve the errors. Default: 128
            points, 64 orders.
        random_state : None, int or RandomState, default 0
            Of background rows and places on the paths.

        Returns
        -------
        Attributions
            With `values`, `errors`, `base_values`, `answers`, `names` and `data`; `to_shap()` makes
            what `shap.plots` takes.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError, SpecError
            Naming the column, row or argument that cannot be used.
        """
        check_is_fitted(self)
        return attribute(self, X, background, method, n_samples, random_state)

    def dependence(
        self,
        X: Any,
        columns: Any = None,
        *,
        kind: str | None = None,
        n_points: int = 20,
        n_rows: int | None = None,
        random_state: Any = 0,
    ) -> tuple[Dependence, ...]:
        """How the answer goes with a column, or with two, all else as it is in the rows.

        The answer is the probability of the second of two classes, or of each class or label; or
        the number that is predicted.

        Parameters
        ----------
        X : table
            Rows to go along, such as those of training.
        columns : str, list of str and of pairs of str, or None
            Columns of numbers, dates, times, categories or switches. None takes every column that
            the model uses, the one with the largest effect first.
        kind : "ale", "pdp", "ice" or None
            "ale" accumulates local effects, which hold where columns go together: no row leaves the
            neighbourhood of what was seen (Apley and Zhu 2020). "pdp" is the mean answer with the
            column at a value in all rows (Friedman 2001), "ice" with each row's own curve beside.
            None is "ale" of one column, "pdp" of two. Levels follow one another such that
            neighbours are alike in the other columns.
        n_points : int, default 20
            Points of what is measured, evenly spaced by rank among the rows; of levels the 30 most
            frequent are points.
        n_rows : int, optional
            Rows drawn of a larger table. Default: 20,000 for "ale", 1,000, or 200 for two columns.
        random_state : None, int or RandomState, default 0
            Of that draw.

        Returns
        -------
        tuple of Dependence
            With `points`, `values`, `errors`, and `networks`, the curve of each network by itself;
            `chainrule.plots.plot_dependence` draws them.

        Raises
        ------
        NotFittedError
            Before `fit`.
        DataError, SpecError
            Naming the column or argument that cannot be used.
        """
        check_is_fitted(self)
        return dependence(self, X, columns, kind, n_points, n_rows, random_state)
