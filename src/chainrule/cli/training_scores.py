"""What `train` says of the model it made: scores that new rows will confirm, and a diagnosis."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from chainrule.cli.output import Output, shell
from chainrule.cli.problem import Problem
from chainrule.cli.scores import (
    baseline_words,
    document_of,
    say_wrapped,
    show_classes,
    show_scores,
)

_DIAGNOSED = 2_000  # rows


def show_training_scores(
    out: Output, estimator: Any, trained: Problem, held_out: Problem | None
) -> dict[str, Any]:
    """The scores of rows that training did not see, how they came about, and their document."""
    known = getattr(estimator, "validation_", None)
    if held_out is not None:
        kind = "held-out"
        found = estimator.evaluate(
            held_out.X, held_out.y, held_out.weights, groups=held_out.groups, time=held_out.time
        )
        how = "rows kept out of training altogether, by --holdout"
    elif known is not None:
        kind, found, how = "validation", known, known.how
    else:
        kind, found = "training", estimator.evaluate(trained.X, trained.y, trained.weights)
        how = "rows that the network was trained on; new rows will be answered worse"
    classes = estimator.classes_.tolist() if hasattr(estimator, "classes_") else []
    scores = estimator.scores_ if kind == "validation" else found.scores()
    words = baseline_words(classes, found.baseline)
    out.say("")
    show_scores(out, f"{kind}, {found.n_rows:,} rows", scores, words, classes)
    say_wrapped(out, f"scored: {how}.")
    if classes:
        show_classes(out, found, classes)
        if estimator.class_weight_ is not None:
            _say_balanced(out, found, classes, estimator.class_weight_)
    document = document_of(scores, words, rows=kind, how=how)
    n_rows = len(trained.y)
    one = estimator.members_[0].eval_rows if estimator.n_members_ == 1 else None
    document["n_training_rows"] = n_rows - (0 if one is None else len(one))
    document["n_validation_rows"] = 0 if kind == "training" else found.n_rows
    return document


def show_diagnosis(out: Output, estimator: Any, trained: Problem, path: str, *data: str) -> None:
    """In a line, what went badly in training."""
    if out.quiet:
        return
    n_rows = len(trained.y)
    rows = np.unique(np.linspace(0, n_rows - 1, min(n_rows, _DIAGNOSED)).astype(np.int64))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = estimator.diagnose(trained.X.take(rows), trained.y[rows])
    out.say("")
    if found.ok:
        out.say("diagnosis: nothing went badly in training")
        return
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    out.say(f"diagnosis: {found[0].code}{more}; see {shell('chainrule', 'diagnose', path, *data)}")


def _say_balanced(out: Output, found: Any, classes: list[Any], factors: np.ndarray) -> None:
    """What class weights gained, and what the probabilities now mean."""
    plain = found.answers / factors
    plain /= plain.sum(axis=1, keepdims=True)
    without = type(found)(
        found.how, found.rows, found.truth, plain, found.weights, found.clusters, found.baseline,
        found.target,
    )  # fmt: skip
    weighted, unweighted = found.of_each_class()["recall"], without.of_each_class()["recall"]
    rarest = int(np.argmin(found.baseline))
    name = str(classes[rarest])
    say_wrapped(
        out,
        f"weights of the classes: recall of {name!r} is {weighted[rarest]:.4f}; with the same "
        f"probabilities in the classes' own shares it would be {unweighted[rarest]:.4f}. "
        "Probabilities answer the weighted problem, in which rare classes are not rare.",
    )
