"""What is attributed of a single network: its outputs, in the scale in which they add up."""

from __future__ import annotations

import numpy as np

from chainrule.explain.attribution.answer import Answer, log_odds
from chainrule.spec import NetworkSpec


def answer_of(spec: NetworkSpec, outputs: tuple[str, ...]) -> tuple[Answer, str, tuple[str, ...]]:
    """The answer, what it is in words, and the names of several; `outputs` may be empty.

    Classes answer by log-odds, all else by a(L).
    """
    n = spec.n_outputs
    names = outputs or tuple(f"output {k}" for k in range(n))
    if "cross_entropy" in spec.loss.name:
        exclusive = spec.loss.name == "cross_entropy"
        factors = log_odds(n, exclusive=exclusive)
        answer = Answer(factors, np.zeros(len(factors)))
        if len(factors) == 1:
            return answer, f"log-odds of {names[-1]}", ()
        return answer, "relative log-probability" if exclusive else "log-odds", names
    answer = Answer(np.eye(n), np.zeros(n), spec.output_activation)
    if n > 1:
        return answer, "the prediction", names
    return answer, f"the prediction of {names[0]}" if outputs else "the prediction", ()
