"""`chainrule evaluate MODEL DATA`."""

from __future__ import annotations

from typing import Annotated

import typer

from chainrule.cli.options import (
    AsJson,
    Model,
    Quiet,
    Signed,
    Tables,
    Target,
)
from chainrule.cli.output import Output
from chainrule.cli.reading import TYPED, Reading, reads_tables
from chainrule.cli.threshold import (
    ScoredThreshold,
    check_two_classes,
    chosen_threshold,
    threshold_of,
)


@reads_tables
def evaluate(
    model: Model,
    data: Tables = None,
    target: Target = None,
    threshold: ScoredThreshold = None,
    importance: Annotated[
        bool, typer.Option("--importance", help="Print how much worse without each column.")
    ] = False,
    reading: Reading = TYPED,
    signed_by: Signed = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Score a model on rows whose answer is known, beside the baseline: one answer for all rows."""
    from chainrule.cli.model import open_model

    out = Output(as_json=as_json, quiet=quiet)
    loaded = open_model(model, require_signature=signed_by)
    estimator = loaded.estimator
    classes = estimator.classes_.tolist() if loaded.is_classifier else []
    if threshold is not None:
        threshold_of(threshold)
        check_two_classes(classes)
    X, y = loaded.rows_with_target(data, reading, out, target)

    from chainrule.cli.scores import baseline_words, document_of, show_classes, show_scores

    with out.catching():
        evaluation = estimator.evaluate(X, y)
        at, found = None, None
        if threshold is not None:
            at, found = chosen_threshold(evaluation, threshold)
        scores = evaluation.scores(threshold=at)
        n_known = estimator.n_trained_rows(X, y)
    if n_known:
        rows = "these rows" if n_known == len(y) else f"about {n_known:,} of these {len(y):,} rows"
        out.notice(f"the model was trained on {rows}: {_SEEN}")
    words = baseline_words(classes, evaluation.baseline)
    if at is not None:
        out.say(f"{classes[1]!r} is answered from a probability of {at:.4g} on")
    if found is not None:
        out.say(
            f"  where {found.metric} of these rows is largest, {found.score:.4f}; of two halves,",
            f"  each by the threshold of the other, it is {found.crossed:.4f}",
        )
    show_scores(out, f"{len(y):,} rows", scores, words, classes)
    if classes:
        show_classes(out, evaluation, classes, at)
    ranks = None
    if importance:
        ranks = estimator.feature_importance(X, y)
        out.say("")
        out.result(*str(ranks).splitlines())
    if found is None:
        out.next("chainrule", "check", model, *(data or ()), *reading.arguments())
    else:
        out.next("chainrule", "predict", model, "DATA", "--threshold", f"{at!r}")
    document = document_of(scores, words, rows="given")
    out.document(
        {
            "model": model,
            "target": target or loaded.target,
            "n_rows": len(y),
            "n_trained_rows": n_known,
            "scores": document["model"],
            "intervals": document["intervals"],
            "baseline_answer": words,
            "baseline": document["baseline"],
            **({} if at is None else {"threshold": at}),
            **({} if found is None else {"crossed": found.crossed}),
            **({} if ranks is None else {"importance": ranks.to_dict()}),
        }
    )


_SEEN = "the scores promise too much. 'chainrule info' has those of rows it had not seen."
