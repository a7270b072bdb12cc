"""Every public method and function that takes rows, targets or weights, given what cannot be.

`python tests/hostile.py` hands over everything of `hostile_arrays`, and prints what is told badly;
`python tests/hostile.py Network.fit plot_network` does so for some.
"""

from __future__ import annotations

import faulthandler
import inspect
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

import chainrule
from chainrule import (
    MLPClassifier,
    MLPRegressor,
    Network,
    TabularClassifier,
    TabularRegressor,
    metrics,
    plots,
    table,
)
from chainrule.errors import ChainruleError
from chainrule.metrics.reliability import reliability
from hostile_arrays import GOOD, HOSTILE, N

NUMBERS, CLASSES = GOOD[:, 0] * 2.0, (GOOD[:, 0] > 0).astype(int)
# Seconds of work in which a call ends, sound or not.
SOON = 1.0
# Sentences of NumPy, of the bindings and of Python's own that tell a user nothing.
FOREIGN = ("incompatible function arguments", "bad_cast", "broadcast together", "setting an array",
           "object has no attribute", "object is not", "not subscriptable", "unsupported operand",
           "index out of range", "unhashable", "Unable to allocate", "truth value of",
           "must be real number", "could not be broadcast")  # fmt: skip
SMALL: dict[str, Any] = {"hidden_layer_sizes": [3], "random_state": 0}
TABLE: dict[str, Any] = {**SMALL, "preset": "fast", "epochs": 2, "n_threads": 1}
WRITERS = ("to_c", "to_numpy_source", "to_onnx")  # which take rows to verify what they write
KINDS: tuple[Any, ...] = (
    Network, MLPClassifier, MLPRegressor, TabularClassifier, TabularRegressor
)  # fmt: skip
# Arguments that are arrays, or hold them; those of a pair are given (what is hostile, targets).
ARRAYS = ("X", "y", "sample_weight", "eval_set", "eval_sample_weight", "groups", "time", "row_ids",
          "classes", "background", "model", "truth", "proba", "scores", "predicted", "levels",
          "weights", "probability", "came_true")  # fmt: skip


@dataclass(frozen=True)
class Call:
    """A public method or function, with what it is given besides what is hostile.

    Attributes
    ----------
    name : str
        Such as "Network.fit".
    places : tuple of str
        The arguments that are hostile in turn.
    make : callable
        Gives the function and its sound arguments, anew.
    """

    name: str
    places: tuple[str, ...]
    make: Callable[[], tuple[Callable[..., Any], dict[str, Any]]]


def fitted(kind: Any, width: int = 3) -> tuple[Any, Any]:
    """A model of rows of so many columns, and targets that it takes."""
    if kind is Network:
        model, y = Network([width, 3, 1]), NUMBERS
    else:
        options = {"max_iter": 3, **SMALL} if kind in KINDS[1:3] else TABLE
        model, y = kind(**options), CLASSES if "Classifier" in kind.__name__ else NUMBERS
    model.fit(GOOD[:, :width], y)
    return model, y


def _method(kind: Any, method: str) -> tuple[Callable[..., Any], dict[str, Any]]:
    model, y = fitted(kind)
    taken = inspect.signature(getattr(kind, method)).parameters
    given = {"X": GOOD, "y": y, "quantity": "loss", "epochs": 1, "eval_set": (GOOD, y)}
    if not (kind is Network and method == "fit"):
        del given["epochs"]
    if method != "fit":
        del given["eval_set"]
    return getattr(model, method), {k: v for k, v in given.items() if k in taken}


def _function(function: Any, kind: Any, width: int) -> tuple[Callable[..., Any], dict[str, Any]]:
    model, y = fitted(kind, width)
    given = {"model": model, "X": GOOD[:, :width], "y": y}
    return function, {k: v for k, v in given.items() if k in inspect.signature(function).parameters}


def _metric(function: Any) -> tuple[Callable[..., Any], dict[str, Any]]:
    taken = inspect.signature(function).parameters
    second = 1 / (1 + np.exp(-GOOD[:, 0]))
    proba = np.column_stack([1 - second, second])
    given = {"truth": CLASSES, "proba": proba, "scores": proba, "weights": None,
             "probability": second, "came_true": CLASSES == 1}  # fmt: skip
    if "predicted" in taken:
        given |= {"truth": second, "predicted": GOOD**2 if "levels" in taken else second}
        given["levels"] = (0.2, 0.5, 0.8)
    return function, {k: v for k, v in given.items() if k in taken}


def calls() -> list[Call]:
    """All of them: methods first."""
    found = []
    for kind in KINDS:
        for name in dir(kind):
            if (
                name.startswith("_")
                or name in WRITERS
                or not inspect.isroutine(getattr(kind, name))
            ):
                continue
            taken = inspect.signature(getattr(kind, name)).parameters
            if "X" in taken:
                places = tuple(place for place in ARRAYS if place in taken)
                found.append(Call(f"{kind.__name__}.{name}", places, partial(_method, kind, name)))
    drawn = (plots.plot_activations, plots.plot_gradients, plots.plot_network)
    for kind in (Network, TabularClassifier):
        for function in (*drawn, plots.plot_decision_boundary):
            name = f"{function.__name__} of a {kind.__name__}"
            width = 2 if function is plots.plot_decision_boundary else 3
            found.append(Call(name, ("model", "X", "y"), partial(_function, function, kind, width)))
    for function in (plots.plot_history, chainrule.from_keras, chainrule.from_torch,
                     chainrule.from_sklearn):  # fmt: skip
        found.append(Call(function.__name__, ("model",), partial(_function, function, Network, 3)))
    for function in (*(getattr(metrics, name) for name in metrics.__all__), reliability):
        if inspect.isfunction(function):
            places = tuple(p for p in ARRAYS if p in inspect.signature(function).parameters)
            found.append(Call(f"metrics.{function.__name__}", places, partial(_metric, function)))
    found.append(Call("load", ("path",), lambda: (chainrule.load, {})))
    found.append(Call("Checkpoint", ("path",), lambda: (chainrule.Checkpoint, {})))
    found.append(Call("as_table", ("X",), lambda: (table.as_table, {})))
    return found


def badly_told(call: Call, names: Sequence[str]) -> list[str]:
    """What a call answers late, or with an error that helps nobody, one line each."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [
            line for place in call.places for name in names for line in _told(call, place, name)
        ]


def _told(call: Call, place: str, name: str) -> list[str]:
    function, given = call.make()
    bad = HOSTILE[name]()
    if place == "eval_set":
        bad = (bad, given["y"])
    start, told = time.thread_time(), ""
    try:
        function(**{**given, place: bad})
    except MemoryError:
        pass
    except (ChainruleError, ValueError, TypeError) as error:
        told = str(error)
        if len(told.split()) >= 3 and not any(words in told for words in FOREIGN):
            told = ""
        else:
            told = told or repr(error)
    except Exception as error:
        told = repr(error)
    finally:
        plt.close("all")
    if (seconds := time.thread_time() - start) > SOON:
        told += f" {seconds:.1f} s"
    model = getattr(function, "__self__", None)
    if model is not None and "fit" not in call.name:
        assert len(model.predict(GOOD)) == N
    return [f"{call.name}, {place} is {name}: {told[:150]}"] if told else []


if __name__ == "__main__":
    plt.switch_backend("agg")
    for call in calls():
        if not sys.argv[1:] or call.name in sys.argv[1:]:
            faulthandler.dump_traceback_later(600, exit=True)  # a hang is shown where it hangs
            lines = badly_told(call, [*HOSTILE])
            print(f"{call.name}: {len(lines)} of {len(call.places) * len(HOSTILE)}", *lines,
                  sep="\n  ", flush=True)  # fmt: skip
