"""`python -m fuzz gradients`: the engine beside the reference on random networks, without end.

A finding is made smaller, row by row and layer by layer, as long as the two still differ.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))  # whose networks these are

from chainrule import engine, reference
from chainrule.errors import ChainruleError
from chainrule.spec import NetworkSpec
from strategies import random_problem, verdict  # type: ignore[import-not-found]

ALLOWED = 1e-12  # of the largest gradient, in float64


def difference(problem: Any) -> float:
    """The largest difference of a gradient, or of the loss, relative to the largest one."""
    arguments = (problem.spec, problem.params, problem.X, problem.y, problem.training)
    expected_loss, expected = reference.gradients.gradients(*arguments, **problem.options)
    loss, grads = engine.gradients(*arguments, **problem.options)
    apart = abs(loss - expected_loss) / max(abs(expected_loss), 1e-300)
    return float(max(apart / 10, verdict(grads, expected)))


def smaller(problem: Any) -> Iterator[Any]:
    """The problem without one of its rows, and without one of its layers."""
    for row in range(len(problem.X)) if len(problem.X) > 1 else ():
        kept = np.delete(np.arange(len(problem.X)), row)
        weights = problem.sample_weight
        weights = None if weights is None else weights[kept]
        yield replace(problem, X=problem.X[kept], y=problem.y[kept], sample_weight=weights)
    for place in range(len(problem.spec.layers) - 2):
        layers = problem.spec.layers[:place] + problem.spec.layers[place + 1 :]
        try:
            spec = NetworkSpec(problem.spec.n_features, layers, problem.spec.loss)
        except ChainruleError:
            continue
        yield replace(problem, spec=spec, params=engine.initialize(spec, dtype="float64"))


def minimised(problem: Any) -> Any:
    """The smallest problem on the way down that the two still answer otherwise."""
    for candidate in smaller(problem):
        try:
            if difference(candidate) > ALLOWED:
                return minimised(candidate)
        except ChainruleError:
            continue
    return problem


def main(seconds: float, seed: int) -> int:
    end, count, worst, found = time.monotonic() + seconds, 0, 0.0, 0
    while time.monotonic() < end:
        problem = random_problem(seed + count)
        apart = difference(problem)
        worst, count = max(worst, apart), count + 1
        if not apart <= ALLOWED:
            found += 1
            least = minimised(problem)
            print(f"seed {seed + count - 1}: {apart:.1e}; at least {difference(least):.1e} of")
            print(f"  {least.spec}\n  {least.training}\n  X = {least.X!r}, y = {least.y!r}")
    print(f"{count:,} networks, worst difference {worst:.1e}, {found} findings")
    return 1 if found else 0
