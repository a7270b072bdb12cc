"""`chainrule evaluate MODEL DATA`."""

from __future__ import annotations

from chainrule.cli.options import (
    AsJson,
    Model,
    Quiet,
    Tables,
    Target,
)
from chainrule.cli.output import Output, aligned
from chainrule.cli.reading import TYPED, Reading, reads_tables


@reads_tables
def evaluate(
    model: Model,
    data: Tables = None,
    target: Target = None,
    reading: Reading = TYPED,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Score a model on rows whose answer is known, beside the baseline: one answer for all rows."""
    from chainrule.cli.model import open_model

    out = Output(as_json=as_json, quiet=quiet)
    loaded = open_model(model)
    X, y = loaded.rows_with_target(data, reading, out, target)

    from chainrule.cli.scores import answers, baseline_scores, score_rows, scores_of

    with out.catching():
        scores = scores_of(loaded.estimator, y, answers(loaded.estimator, X))
    words, baseline = baseline_scores(loaded.estimator, loaded.baseline, y)
    out.result(*aligned(score_rows(f"{len(y):,} rows", scores, words, baseline), right=(1, 2)))
    out.next("chainrule", "check", model, *(data or ()), *reading.arguments())
    out.document(
        {
            "model": model,
            "target": target or loaded.target,
            "n_rows": len(y),
            "scores": scores,
            "baseline_answer": words,
            "baseline": baseline,
        }
    )
