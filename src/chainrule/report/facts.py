"""The network and where everything comes from: layers, settings, versions, hashes."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.engine import machine
from chainrule.network.description import layer_rows
from chainrule.report.contents import Course, NetworkFacts
from chainrule.report.model import FittedModel
from chainrule.table.column import Column

_HEX = 16  # digits of a hash: two tables share them once in 2^64
_STOPPED = {
    "epochs": "the last epoch was reached",
    "patience": "nothing had become better for as long as patience allows",
    "tol": "the loss had stopped falling",
    "time_limit": "the time limit was reached",
    "interrupted": "it was interrupted",
    "callback": "a callback ended it",
    "selector": "a selector ended it",
}


def course_of(model: FittedModel) -> Course:
    """Of the first network; the others are told in words."""
    history = model.members_[0].history
    if not history.loss:
        return Course((), (), (), None, "The model keeps no course of its training.")
    n, best = history.n_epochs, history.best_epoch
    sentence = f"{n:,} epoch{'s' * (n > 1)}, {history.n_steps:,} steps"
    if history.stop_reason in _STOPPED:
        sentence += f", until {_STOPPED[history.stop_reason]}"
    if best is not None:
        sentence += f"; epoch {best}, the best on the validation rows, is kept"
    several = len(model.members_)
    if several > 1:
        kept = [member.history.best_epoch for member in model.members_]
        sentence = f"{several} networks whose answers are averaged. Of the first: {sentence}"
        if None not in kept:
            sentence += f". Kept epochs of all: {', '.join(map(str, kept))}"
    return Course(
        tuple(history.loss),
        tuple(history.validation_loss),
        tuple(history.validation_metric),
        best,
        f"{sentence}.",
    )


def network_of(model: FittedModel) -> NetworkFacts:
    """Layers with their parameters, and the settings of training."""
    spec, training, several = model.spec_, model.training_, len(model.members_)
    sizes = " – ".join(f"{n}" for n in spec.layer_sizes)
    head = f"{sizes} units, loss {spec.loss.name}, {spec.n_parameters:,} parameters"
    if several > 1:
        head = f"{several} networks of {head} each"
    facts: list[tuple[str, str]] = []
    if training is not None:
        batch = "all rows" if training.batch_size is None else f"{training.batch_size} rows"
        rate = f"{training.learning_rate:g}, schedule {training.schedule.name}"
        facts = [
            ("optimizer", training.optimizer),
            ("learning rate", rate),
            ("batch", batch),
            ("epochs at most", f"{training.epochs:,}"),
            ("seed", str(training.seed)),
        ]
        if training.weight_decay:
            facts.append(("weight decay", f"{training.weight_decay:g}"))
    rates = [rate for rate in spec.dropout_rates if rate]
    if rates:
        facts.append(("dropout", ", ".join(f"{rate:g}" for rate in rates)))
    return NetworkFacts(f"{head}.", several, tuple(layer_rows(spec)), tuple(facts))


def origin_of(model: FittedModel, X: Any, y: np.ndarray) -> tuple[tuple[str, str], ...]:
    """Versions, seed and hashes; X is a `Table`."""
    seed = "unknown" if model.training_ is None else str(model.training_.seed)
    known = machine()
    return (
        ("chainrule", f"{known['version']}, {known['isa']}"),
        ("Python, NumPy", f"{platform.python_version()}, {np.__version__}"),
        ("system", known["system"]),
        ("seed of training", seed),
        ("parameters, SHA-256", _of_parameters([m.params for m in model.members_])),
        ("these rows, SHA-256", _of_rows(_columns(model, X), y)),
    )


def _of_parameters(networks: Sequence[Any]) -> str:
    found = hashlib.sha256()
    for params in networks:
        for name in sorted(params):
            found.update(f"{name}\0{params[name].shape}\0".encode())
            found.update(np.ascontiguousarray(params[name]).tobytes())
    return found.hexdigest()[:_HEX]


def _columns(model: FittedModel, X: Any) -> list[Column]:
    """Those that the model reads, by name where both have names."""
    names = model.encoder_.column_names
    place = {name: k for k, name in enumerate(X.names)}
    return [X.column(place.get(name, k)) for k, name in enumerate(names)]


def _of_rows(columns: Sequence[Column], y: np.ndarray) -> str:
    """Of names, cells and targets, in their order."""
    found = hashlib.sha256()
    for column in columns:
        head = "\0".join([column.name, column.kind, *map(str, column.levels)])
        found.update(head.encode("utf-8", "surrogatepass"))
        found.update(np.where(column.missing, 0, column.values).tobytes())
        found.update(column.missing.tobytes())
    text = "\0".join(str(value) for value in np.ravel(y).tolist())
    found.update(text.encode("utf-8", "surrogatepass"))
    return found.hexdigest()[:_HEX]
