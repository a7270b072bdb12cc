"""A process that fits models, one request a line: {"model", "set", "split", "arguments"}."""

from __future__ import annotations

import warnings
from typing import Any

from benchmarks.quality.data import SETS
from benchmarks.quality.peers import MODELS
from benchmarks.quality.protocol import evaluate, split
from benchmarks.workers import answer_requests

_warm: set[tuple[str, str]] = set()


def answer(request: dict[str, Any]) -> dict[str, Any]:
    model, kind = MODELS[request["model"]], SETS[request["set"]].kind
    arguments = request["arguments"]
    if (request["model"], kind) not in _warm:  # imports and compilation are not in a fit's time
        small = split("iris" if kind == "classes" else "diabetes", 0)
        few = (small[0][:60], small[1], small[2][:60], small[3])
        evaluate(model.build(kind, 0, arguments), kind, few)
        _warm.add((request["model"], kind))
    parts = split(request["set"], request["split"])
    return evaluate(model.build(kind, request["split"], arguments), kind, parts)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    answer_requests(answer)
