"""Cases by how a network is trained: optimizers, batches, penalties, clipping and validation."""

from __future__ import annotations

from collections.abc import Callable

from bits.by_network import STEMS, layers
from bits.networks import dense, network, training
from bits.problems import DEFAULT, Named, Problem
from chainrule.spec import OPTIMIZERS, SCHEDULES


def optimizers() -> Named:
    for name in OPTIMIZERS:
        spec = training(optimizer=name, weight_decay=0.1, l2=0.01)
        yield f"{name}-small", Problem(network(5, [dense(8, "tanh")], 3), spec)
        yield f"{name}-stem", Problem(network(6, layers(), **STEMS["all"]), spec)
    others = {
        "momentum": training(optimizer="momentum", momentum=0.6),
        "nesterov": training(optimizer="nesterov", momentum=0.6),
        "rmsprop": training(optimizer="rmsprop", rho=0.8, epsilon=1e-4),
        "adam": training(beta1=0.7, beta2=0.95, epsilon=1e-4),
        "adam-hat": training(epsilon_hat=True, epsilon=1e-4),
    }
    for name, spec in others.items():
        yield f"{name}-constants", Problem(network(5, layers(), 3), spec)


def schedules() -> Named:
    constants = {"step": {"every": 2}, "plateau": {"patience": 1}, "cosine": {"warmup": 0.25}}
    net = network(5, [dense(33, "relu", dropout=0.2)], 1)
    for name in SCHEDULES:
        schedule = {"name": name, **constants.get(name, {})}
        yield f"{name}-rate", Problem(net, training(schedule=schedule, epochs=7))
        if name != "plateau":
            spec = training(dropout_schedule=schedule, epochs=7)
            yield f"{name}-dropout", Problem(net, spec)
            spec = training(weight_decay=0.3, weight_decay_schedule=schedule, epochs=7)
            yield f"{name}-decay", Problem(net, spec)


def batches() -> Named:
    for size in (1, 7, 44, 45, None):
        spec = training(batch_size=size)
        yield f"{size}-small", Problem(network(5, [dense(8, "tanh")], 3), spec)
        yield f"{size}-wide", Problem(network(5, layers(), 3), spec, weighted=True)
        yield f"{size}-stem", Problem(network(6, layers(), 3, **STEMS["all"]), spec)
    net = network(5, layers(), 3)
    yield "in-order", Problem(net, training(shuffle=False))
    yield "sum", Problem(net, training(reduction="sum", learning_rate=1e-3), weighted=True)


def penalties() -> Named:
    nets = {"small": network(5, [dense(8, "tanh")]), "stem": network(6, layers(), **STEMS["all"])}
    for name, net in nets.items():
        yield f"l1-{name}", Problem(net, training(l1=0.01))
        yield f"l2-{name}", Problem(net, training(l2=0.1, optimizer="sgd"))
        per_batch = training(l1=0.02, l2=0.1, penalty_per_batch=True)
        yield f"per-batch-{name}", Problem(net, per_batch, weighted=True)
        decay = training(weight_decay=0.3, weight_decay_factors={"b": 0.5, "W2": 0.1})
        yield f"decay-{name}", Problem(net, decay)
        rates = training(learning_rate_factors={"b": 0.1, "W1": 3.0, "b2": 0.0})
        yield f"rates-{name}", Problem(net, rates)


def frozen() -> Named:
    hidden = [dense(37, "selu", blend=True, dropout=0.1), dense(9, "selu", blend=True)]
    net = network(6, hidden, **STEMS["all"])
    for word in ("freq", "phase", "mix", "shift", "levels", "scale", "W1", "b", "blend", "blend2"):
        for clip in (None, 0.05):
            spec = training(learning_rate_factors={word: 0.0}, clip_norm=clip, weight_decay=0.1)
            yield f"{word}{'-clipped' if clip else ''}", Problem(net, spec)
    stem = ("freq", "phase", "mix", "shift", "levels", "scale")
    spec = training(learning_rate_factors=dict.fromkeys(stem, 0.0))
    yield "whole-stem", Problem(net, spec, weighted=True)
    tuned = dict.fromkeys(("freq", "phase", "mix", "shift", "blend", "b"), 0.1)
    decays = {**tuned, "levels": 1.0, "scale": 6.0}
    spec = training(
        optimizer="adamw",
        weight_decay=0.02,
        learning_rate_factors={**tuned, "scale": 6.0},
        weight_decay_factors=decays,
    )
    yield "none", Problem(net, spec, weighted=True)
    small = network(5, [dense(8, "tanh")])
    for word in ("W1", "b1", "W", "b"):
        yield f"small-{word}", Problem(small, training(learning_rate_factors={word: 0.0}))


def clipping() -> Named:
    nets = {
        "small": network(5, [dense(8, "tanh")]),
        "plain": network(5, layers()),
        "narrow": network(5, [dense(65, "tanh"), dense(3, "gelu"), dense(40, "relu")], 1),
        "dropout": network(5, layers(dropout=0.2), input_dropout=0.1),
        "blend": network(5, layers("selu", blend=True)),
        **{f"stem-{name}": network(6, layers(), **stem) for name, stem in STEMS.items()},
        "everything": network(6, layers("gelu", blend=True, dropout=0.2), **STEMS["all"]),
    }
    for name, net in nets.items():
        for clip in (None, 0.05):
            spec = training(optimizer="momentum", clip_norm=clip, l2=0.01)
            yield f"{name}-{clip}", Problem(net, spec, weighted=True)


def validation() -> Named:
    classes = network(5, layers(), 3, "cross_entropy")
    numbers = network(5, layers(), 2)
    labels = network(5, [dense(8, "tanh")], 3, "binary_cross_entropy")
    spec = training(epochs=8, learning_rate=0.05)
    for place in ("set", "rows"):
        for metric in ("loss", "error", "rmse", "mae"):
            net = numbers if metric in ("rmse", "mae") else classes
            options = {"metric": metric}
            yield f"{place}-{metric}", Problem(net, spec, validation=place, options=options)
            weighted = Problem(net, spec, validation=place, weighted=True, options=options)
            yield f"{place}-{metric}-weighted", weighted
        for name, net in {"classes": classes, "labels": labels}.items():
            refined = Problem(net, spec, validation=place, options={"metric": "refined"})
            yield f"{place}-refined-{name}", refined
    worst = {"metric": lambda outputs: float(abs(outputs).max())}
    yield "function", Problem(numbers, spec, validation="set", options=worst)
    patient = training(epochs=40, learning_rate=0.1, patience=2)
    yield "patience", Problem(numbers, patient, validation="set")
    yield "tol", Problem(numbers, training(epochs=40, tol=0.05))
    halved = {"callback": lambda epoch, history: 0.5 if epoch > 2 else 1.0}
    yield "callback", Problem(numbers, spec, options=halved)


def again() -> Named:
    net = network(6, layers(blend=True, dropout=0.2), **STEMS["all"])
    for name in OPTIMIZERS:
        spec = training(optimizer=name)
        yield name, Problem(net, spec, again=spec)
        yield f"small-{name}", Problem(network(5, [dense(8, "tanh")]), spec, again=spec)
    yield "sgd-adam", Problem(net, training(optimizer="sgd"), again=DEFAULT)


GROUPS: dict[str, Callable[[], Named]] = {
    "optimizer": optimizers,
    "schedule": schedules,
    "batch": batches,
    "penalty": penalties,
    "frozen": frozen,
    "clip": clipping,
    "validation": validation,
    "again": again,
}
