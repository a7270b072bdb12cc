"""The ways to attribute, by name, and the one call that takes any of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.errors import SpecError
from chainrule.explain.attribution.answer import MeanAnswer
from chainrule.explain.attribution.attributions import Attributions
from chainrule.explain.attribution.gradients import expected_gradients
from chainrule.explain.attribution.shapley import shapley
from chainrule.spec.shorthand import whole

MOST_BACKGROUND = 1_000  # rows that are kept of a larger background

# Name -> function, the words for it, and samples a row where none are asked for.
METHODS = {
    "gradients": (expected_gradients, "expected gradients", 128),
    "shapley": (shapley, "Shapley", 64),
}


def samples_of(method: Any, n_samples: Any) -> int:
    """Samples a row, those of the method by default; `SpecError` names what cannot be."""
    if not isinstance(method, str) or method not in METHODS:
        raise SpecError(f"method must be one of {', '.join(METHODS)}, found {method!r}.")
    if n_samples is None:
        return METHODS[method][2]
    if (n := whole("n_samples", n_samples)) < 2:
        raise SpecError(f"n_samples must be at least 2, found {n_samples!r}.")
    return n


def attributed(
    mean: MeanAnswer,
    X: np.ndarray,
    background: np.ndarray,
    method: str,
    n_samples: int,
    random: np.random.RandomState,
    *,
    names: tuple[str, ...],
    data: np.ndarray,
    unit: str,
    answer_names: Sequence[str],
) -> Attributions:
    """The answers on rows of features, shared out.

    Parameters
    ----------
    mean : MeanAnswer
        What is shared out.
    X, background : ndarray (n_rows, n_features)
    method, n_samples
        As `samples_of` allows.
    random : RandomState
        Of background rows and places on the paths.
    names, data, unit
        See `Attributions`.
    answer_names : sequence of str
        Empty where there is one answer.

    Returns
    -------
    Attributions
    """
    estimator, words, _ = METHODS[method]
    if len(background) > MOST_BACKGROUND:
        kept = random.choice(len(background), MOST_BACKGROUND, replace=False)
        background = background[np.sort(kept)]
    seed = int(random.randint(np.iinfo(np.int32).max))
    found = estimator(mean, X, background, n_samples=n_samples, seed=seed)
    of_answer: Any = slice(None) if answer_names else 0
    return Attributions(
        names=names,
        values=found.values[..., of_answer],
        errors=found.errors[..., of_answer],
        base_values=found.base[..., of_answer],
        answers=found.answers[..., of_answer],
        data=data,
        unit=unit,
        answer_names=tuple(answer_names),
        method=words,
        n_samples=n_samples,
    )
