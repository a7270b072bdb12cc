"""How estimators show themselves in notebooks: scikit-learn's diagram, and once fitted our box."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

HTML = "text/html"


class InNotebooks:
    """Stands before scikit-learn's `BaseEstimator` among the bases."""

    @abstractmethod
    def _notebook_html(self) -> str:
        """The box of a fitted estimator; "" before `fit`."""

    def _repr_html_inner(self) -> str:
        diagram: str = super()._repr_html_inner()  # type: ignore[misc]
        return diagram + self._notebook_html()

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        bundle: dict[str, str] = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        if HTML in bundle:
            bundle[HTML] += self._notebook_html()
        return bundle
