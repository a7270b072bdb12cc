"""Drawings show the trace's numbers, in ASCII where asked, as matrices where the net is wide."""

from __future__ import annotations

import numpy as np

from chainrule import engine
from chainrule.explain.derivation.names import Names
from chainrule.explain.examples import mazur, xor
from chainrule.explain.trace import StepTrace
from chainrule.explain.trace.draw import draw
from chainrule.spec import Dense, Loss, NetworkSpec

MAZUR = """\
 input        layer 1, sigmoid     output, sigmoid
 +---------+    +------------+    +------------+
 | 0.05000 | ++ | a 0.5933   | ++ | a 0.7514   |
 +---------+    | d 0.008771 |    | d 0.1385   |
 +---------+    +------------+    +------------+
 | 0.1000  |    +------------+    +------------+
 +---------+ ++ | a 0.5969   | ++ | a 0.7729   |
                | d 0.009954 |    | d -0.03810 |
                +------------+    +------------+"""


def test_mazur():
    text = draw(mazur().trace(), unicode=False)
    assert [line.split() for line in text.splitlines()] == [
        line.split() for line in MAZUR.splitlines()
    ]
    assert "│ δ 0.1385" in draw(mazur().trace())


def test_signs_are_those_of_the_weights():
    example = xor()
    example.params["W2"][0, 1] = -0.5
    example.params["W1"][1] = 0.0
    text = draw(example.trace(), 3)
    assert "+−" in text and "00" in text
    assert draw(example.trace(), 3, unicode=False).isascii()


def test_names_stand_in_the_boxes():
    example = mazur()
    trace = StepTrace(
        example.spec, example.params, example.X, example.y, example.training,
        names=Names(example.spec, ("width", "height"), ("yes", "no")),
    )  # fmt: skip
    text = draw(trace)
    assert "height" in text and "yes" in text


def test_wide_networks_are_matrices():
    spec = NetworkSpec(12, (Dense(9, "tanh"), Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec, dtype="float64")
    trace = StepTrace(spec, params, np.ones((1, 12)), np.ones(1))
    text = draw(trace)
    assert "W1 (9 x 12), layer 1, tanh" in text
    assert "... 1 more units" in text
    assert "W2 (1 x 9), output, identity" in text
