"""What a page must know before it can draw a run: its rows, its layers, and what may be chosen."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule._version import __version__
from chainrule.playground.frame import Arrays
from chainrule.playground.moment import Moment
from chainrule.playground.problems import PROBLEMS, Problem
from chainrule.playground.setup import hidden_layers
from chainrule.playground.trouble import TROUBLES
from chainrule.spec import ACTIVATIONS, LOSSES, OPTIMIZERS, Activation, NetworkSpec

MAX_ROWS = 512  # rows of the table that are sent


def capabilities() -> dict[str, Any]:
    """What can be chosen, and who answers."""
    return {
        "engine": __version__,
        "problems": [{"name": name, "title": make().title} for name, make in PROBLEMS.items()],
        "troubles": [{"code": t.code, "title": t.title} for t in TROUBLES.values()],
        "activations": list(ACTIVATIONS),
        "losses": list(LOSSES),
        "optimizers": list(OPTIMIZERS),
    }


def described(problem: Problem, moment: Moment) -> tuple[dict[str, Any], Arrays]:
    """The run's table, network and training; "X" and "y" of the first rows beside it."""
    spec, training, names = moment.spec, moment.training, moment.names
    inputs = names.layer_inputs if names else ()
    about = {
        "problem": problem.name,
        "title": problem.title,
        "quantity": problem.quantity,
        "notes": list(problem.notes),
        "n_rows": moment.n_rows,
        "columns": list(problem.inputs),
        "learnable": list(problem.table or ()),
        "learned": problem.target,
        "inputs": list(inputs) or [f"input {k}" for k in range(spec.n_inputs)],
        "outputs": list(problem.outputs),
        "sizes": list(spec.layer_sizes),
        "activation": list(spec.activations),
        "hidden": _hidden(spec),
        "loss_name": spec.loss.name,
        "training": {
            "optimizer": training.optimizer,
            "learning_rate": training.learning_rate,
            "batch_size": training.batch_size,
            "reduction": training.reduction,
            "l1": training.l1,
            "l2": training.l2,
            "weight_decay": training.weight_decay,
            "momentum": training.momentum,
        },
        "seed": training.seed,
        "is_class": moment.y.ndim == 1 and spec.loss.name == "cross_entropy",
    }
    y = np.asarray(moment.y, np.float64)
    return about, {"X": moment.X[:MAX_ROWS], "y": y[:MAX_ROWS]}


def _hidden(spec: NetworkSpec) -> list[dict[str, Any]]:
    """The layers before the last dense one, a dense layer together with its activation."""
    forms: list[dict[str, Any]] = []
    for layer in hidden_layers(spec):
        form = layer.to_json()
        if isinstance(layer, Activation) and forms and forms[-1]["kind"] == "dense":
            forms[-1]["activation"] = layer.function if len(form) == 2 else form
        else:
            forms.append(form)
    return forms
