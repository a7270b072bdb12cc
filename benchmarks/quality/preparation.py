"""What the peers need done to a raw table before they can read it."""

from __future__ import annotations

from typing import Any, Self

from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from benchmarks.quality.data import categorical


class Levels(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Text as pandas categories with the levels of the training rows; others become missing."""

    def fit(self, X: Any, y: Any = None) -> Self:
        self.levels_ = {name: sorted(X[name].dropna().unique()) for name in categorical(X)}
        return self

    def transform(self, X: Any) -> Any:
        import pandas as pd

        kinds = {name: pd.CategoricalDtype(levels) for name, levels in self.levels_.items()}
        known = {name: X[name].where(X[name].isin(levels)) for name, levels in self.levels_.items()}
        return X.assign(**known).astype(kinds)


class MissingAsText(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Missing categories as one more category."""

    def fit(self, X: Any, y: Any = None) -> Self:
        return self

    def transform(self, X: Any) -> Any:
        filled = {name: X[name].astype(object).fillna("missing") for name in categorical(X)}
        return X.assign(**filled)


class MedianAndIndicator(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Missing numbers as the training median, beside a category that says where they were.

    Only columns with gaps in training get the category. Text becomes objects, missing text None.
    """

    def fit(self, X: Any, y: Any = None) -> Self:
        numbers = X.drop(columns=categorical(X))
        self.medians_ = numbers.median()
        self.gaps_ = [name for name in numbers if numbers[name].isna().any()]
        return self

    def transform(self, X: Any) -> Any:
        text = {
            name: X[name].astype(object).where(X[name].notna(), None) for name in categorical(X)
        }
        numbers = {name: X[name].fillna(median) for name, median in self.medians_.items()}
        flags = {f"{name} missing": X[name].isna().map({True: "y", False: "n"}).astype(object)
                 for name in self.gaps_}  # fmt: skip
        return X.assign(**text, **numbers, **flags)


def for_scikit_learn() -> Any:
    """Median, standardised, one-hot; unseen categories are all zeros."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    return make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), categorical),
        (numbers, lambda X: X.columns.difference(categorical(X), sort=False)),
        sparse_threshold=0,
    )
