"""XOR and Mazur's network come out as they were published."""

from __future__ import annotations

import pytest

from chainrule import engine
from chainrule.errors import SpecError
from chainrule.explain.examples import example, mazur, xor
from chainrule.explain.explain import explain


def test_mazur_by_hand():
    trace = mazur().trace()
    assert trace.loss == pytest.approx(0.298371109, abs=5e-10)
    values = {
        "z1[0]": 0.3775,
        "a1[0]": 0.593269992,
        "a1[1]": 0.596884378,
        "z2[0]": 1.105905967,
        "a2[1]": 0.772928465,
        "delta2[0]": 0.138498562,
        "delta2[1]": -0.038098237,
        "delta1[0]": 0.008771355,
        "delta1[1]": 0.009954255,
        "W2[0,0]": 0.082167041,
        "W2[1,1]": -0.022740242,
        "W1[0,0]": 0.000438568,
        "W1[1,1]": 0.000995425,
        "loss": 0.298371109,
    }
    for quantity, value in values.items():
        assert explain(trace, quantity).value == pytest.approx(value, abs=5e-10), quantity
    found = explain(trace, "W1[0,0]")
    ways = [(path.units, path.value) for path in found.paths.shown]
    assert ways[0] == ((0, 0), pytest.approx(0.000668, abs=5e-7))
    assert ways[1] == ((0, 1), pytest.approx(-0.000230, abs=5e-7))
    assert found.update[-1].left.value == pytest.approx(0.149780716, abs=5e-10)
    assert found.prediction.predicted == pytest.approx(-0.01771, abs=5e-6)
    assert found.prediction.real == pytest.approx(-0.01790, abs=5e-6)


def test_mazur_with_frozen_biases_is_his_first_step():
    frozen = mazur(frozen_biases=True)
    after = frozen.trace().params_after
    assert after["b1"].tolist() == [0.35, 0.35]
    assert after["W2"][0, 0] == pytest.approx(0.358916480, abs=5e-10)
    loss = engine.loss(frozen.spec, after, frozen.X, frozen.y, frozen.training)
    assert loss == pytest.approx(0.291027773694, abs=5e-12)


def test_updating_the_output_first_gives_the_numbers_that_mazur_prints():
    """His text takes hidden deltas with the old W(2); its later numbers come with the new one."""
    frozen = mazur(frozen_biases=True)
    params = dict(frozen.params)
    trace = frozen.trace()
    params["W2"] = trace.params_after["W2"]
    wrong = trace.delta[2] @ params["W2"] * trace.slope[1]
    params["W1"] = params["W1"] - 0.5 * wrong.T @ frozen.X
    loss = engine.loss(frozen.spec, params, frozen.X, frozen.y, frozen.training)
    assert loss == pytest.approx(0.291027924, abs=5e-10)


def test_xor_by_hand():
    trace = xor().trace()
    assert trace.loss == pytest.approx(0.575949643, abs=5e-10)
    found = explain(trace, "W1[0,0]")
    assert found.value == pytest.approx(0.001759510930, abs=5e-13)
    assert found.row == 3  # the row that adds most
    parts = {part.row: part.value for part in found.rows.parts}
    assert parts[3] == pytest.approx(0.004150, abs=5e-7)
    assert parts[2] == pytest.approx(-0.002391, abs=5e-7)
    assert parts[0] == parts[1] == 0.0
    assert found.prediction.predicted == pytest.approx(-0.005606836, abs=5e-10)
    assert found.prediction.real == pytest.approx(-0.005537352, abs=5e-10)


def test_examples_by_name():
    assert example("xor").name == "xor"
    with pytest.raises(SpecError, match="xor, mazur"):
        example("moons")


@pytest.mark.parametrize("make", [xor, mazur])
def test_the_examples_predict_their_first_step(make):
    trace = make().trace()
    assert trace.predicted_change < 0
    assert trace.real_change == pytest.approx(trace.predicted_change, rel=0.02)
