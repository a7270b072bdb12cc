"""One fit of a model at a time; one Ctrl-C ends the loop that fits."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from chainrule import MLPRegressor, Network, TabularRegressor
from chainrule.errors import SpecError

X = np.random.default_rng(0).standard_normal((60, 3))
Y = X @ [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    "model",
    [
        Network([3, 4, 1]),
        MLPRegressor(max_iter=2, early_stopping=True),
        TabularRegressor(epochs=2, preset="fast"),
    ],
    ids=lambda model: type(model).__name__,
)
@pytest.mark.filterwarnings("ignore")
def test_a_second_fit_of_the_same_model_is_refused(model: Any) -> None:
    told = []

    def again(*_: Any) -> float:
        try:
            model.fit(X, Y)
        except SpecError as error:
            told.append(str(error))
        return 0.0

    if isinstance(model, Network):
        model.fit(X, Y, epochs=1, callback=lambda *_: again() and None)
    else:
        model.set_params(metric=again, greater_is_better=False).fit(X, Y)
    assert told and "is being fitted already, by another thread or by a callback" in told[0]
    model.fit(X, Y)  # afterwards it can be fitted again


_LOOP = """
import signal, sys, warnings
import numpy as np
from chainrule import *
warnings.simplefilter("ignore")
signal.signal(signal.SIGINT, signal.default_int_handler)
X = np.random.default_rng(0).standard_normal((80, 3))
y = X @ [1.0, 2.0, 3.0]
calls = []
def press(*_):
    calls.append(1)
    if len(calls) == 3:
        signal.raise_signal(signal.SIGINT)
    return 0.0
{body}
print("went on")
"""
_BODIES = {
    "seeds": """
for s in range(3):
    net = Network([3, 4, 1], random_state=s)
    print(s, net.fit(X, y, epochs=5, callback=press).interrupted)
""",
    "a function of seeds": """
def one(s):
    return Network([3, 4, 1], random_state=s).fit(X, y, epochs=5, callback=press).interrupted
for s in range(3):
    print(s, one(s))
""",
    "cross_val_score": """
from sklearn.model_selection import cross_val_score
model = MLPRegressor(max_iter=9, metric=press, early_stopping=True, greater_is_better=True)
cross_val_score(model, X, y, cv=3)
""",
    "the last fold": """
from sklearn.model_selection import cross_val_score
model = TabularRegressor(epochs=2, metric=press, preset="fast", greater_is_better=False)
cross_val_score(model, X, y, cv=2)
""",
}


@pytest.mark.parametrize(
    "body",
    [b if b == "seeds" else pytest.param(b, marks=pytest.mark.slow) for b in _BODIES],
)
def test_one_press_ends_the_loop(body: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOOP.format(body=_BODIES[body])],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGINT, done.stderr
    assert "KeyboardInterrupt" in done.stderr
    assert "went on" not in done.stdout
    if "seeds" in body:
        assert done.stdout.split() == ["0", "True"]


def test_another_program_goes_on() -> None:
    """What is typed next, as a cell of a notebook is, was not what Ctrl-C meant."""
    shared = {"Network": Network, "X": X, "Y": Y, "signal": signal}
    first = (
        "def press(*_): signal.raise_signal(signal.SIGINT)\n"
        "done = Network([3, 2, 1]).fit(X, Y, epochs=3, callback=press).interrupted"
    )
    second = "again = Network([3, 2, 1]).fit(X, Y, epochs=3).interrupted"
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.warns(UserWarning, match="interrupted"):
            exec(compile(first, "<cell 1>", "exec"), shared)
    finally:
        signal.signal(signal.SIGINT, before)
    exec(compile(second, "<cell 2>", "exec"), shared)
    assert shared["done"] and not shared["again"]
