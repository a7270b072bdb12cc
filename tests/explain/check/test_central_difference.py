"""Every quantity is checked, a wrong one is not confirmed, a kink is said."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.explain.explain import explain
from chainrule.explain.trace import StepTrace
from chainrule.spec import (
    Dense,
    Loss,
    NetworkSpec,
)


@pytest.mark.parametrize("quantity", ["W1[0,1]", "W2[3,4]", "W3[1,1]", "b2[2]", "delta1[3]",
                                      "delta3[0]", "z2[1]", "a1[4]", "a0[2]", "loss"])  # fmt: skip
@pytest.mark.parametrize("method", ["central", "complex"])
def test_every_quantity_is_checked(traced, quantity, method):
    check = explain(traced, quantity, row=2, check=method).check
    assert check.verdict == "ok", check
    assert check.numeric == pytest.approx(check.analytic, rel=1e-5, abs=1e-10)


def test_a_wrong_number_is_not_confirmed(traced, monkeypatch):
    traced.recorded.grads["W2"][3, 4] *= 1.001
    found = explain(traced, "W2[3,4]")
    assert found.check.verdict == "wrong"
    assert "WRONG" in str(found)


def test_a_kink_is_said_with_both_slopes():
    spec = NetworkSpec(1, (Dense(1, "relu"), Dense(1)), Loss("squared_error"))
    params = {"W1": np.ones((1, 1)), "b1": np.array([-1.0]),
              "W2": np.ones((1, 1)), "b2": np.zeros(1)}  # fmt: skip
    trace = StepTrace(spec, params, np.ones((1, 1)), np.ones((1, 1)))
    for quantity in ("b1[0]", "delta1[0]"):
        found = explain(trace, quantity)
        assert found.value == 0.0  # the left slope, as documented for relu at 0
        assert found.check.verdict == "kink"
        assert found.check.left_slope == pytest.approx(0.0, abs=1e-4)
        assert found.check.right_slope == pytest.approx(-1.0, abs=1e-4)
        assert "unit 0, row 0" in " ".join(str(found).split())
