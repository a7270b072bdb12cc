"""Detectors that look at how the network was built and trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from chainrule.explain.diagnosis.attainable import attainable
from chainrule.explain.diagnosis.detectors import FINITE, HISTORY, Level, Seen, looks_for
from chainrule.explain.diagnosis.evidence import RECTIFIERS, Evidence, norm
from chainrule.explain.diagnosis.words import Code
from chainrule.spec import OPTIMIZERS, Dropout

Limits = Mapping[str, float]

# Of the targets' variance: what simple rules explain of rows left out, and the network of its own.
_BEHIND = (
    "the network explains {skill} % of the variance of y, where simple rules explain {simple} %"
)


def _behind(seen: Evidence) -> dict[str, float]:
    return {"skill": 100.0 * seen.skill, "simple": 100.0 * seen.simple.skill}


@looks_for(
    "dropout that leaves too little to learn with",
    Level.SETTING,
    "dropout leaves out {percent} % of the units; " + _BEHIND,
    remedies=({"dropout": 0.1},),
    limits={"rate": 0.5, "odd": 0.8},
    needs=FINITE,
)
def strong_dropout(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """A rate of a half or more, and a network that is behind."""
    rate = max((at.layer.rate for at in seen.spec.walk if isinstance(at.layer, Dropout)), default=0)
    if rate >= limits["odd"] or (rate >= limits["rate"] and seen.poor):
        yield Seen({"percent": 100.0 * rate, **_behind(seen)})


@looks_for(
    "a penalty that keeps the weights from learning",
    Level.SETTING,
    "{what} pulls the weights back with {share} % of the force of the loss; " + _BEHIND,
    remedies=({"l2": "{l2}"}, {"weight_decay": "{weight_decay}"}, {"l1": "{l1}"}),
    limits={"share": 0.3, "l1": 1e-3, "l2": 1e-3, "weight_decay": 0.3},
    needs=FINITE,
)
def strong_penalty(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """|l1 sign(W) + l2 W + decay W| against the gradient of the loss alone, over all weights."""
    training = seen.training
    by = seen.batch_rows if training.penalty_per_batch else 1
    strong = {
        name: getattr(training, name)
        for name in ("l1", "l2", "weight_decay")
        if seen.words.takes({name: 0.0}) and getattr(training, name) >= limits[name]
    }
    if not strong or not seen.poor:
        return
    pull, slope = [], []
    for name, W in seen.trace.params_before.items():
        if name.startswith("W"):
            W = np.asarray(W, np.float64)
            penalty = (training.l1 * np.sign(W) + training.l2 * W) / by
            pull.append(norm(penalty + training.weight_decay * W))
            traced = penalty * by / float(seen.trace.weight_sum) if by > 1 else penalty
            slope.append(norm(np.asarray(seen.trace.grads[name], np.float64) - traced))
    share = norm(np.array(pull)) / max(norm(np.array(slope)), 1e-300)
    if share > limits["share"] or _collapsed(seen):
        what = " and ".join(f"{name}={value:g}" for name, value in strong.items())
        none = dict.fromkeys(strong, 0.0)
        yield Seen({"what": what, "share": 100.0 * share, **none, **_behind(seen)})


def _collapsed(seen: Evidence) -> bool:
    """Whether the weights of a layer are far below what any initialisation gives."""
    weights = [seen.trace.params_before[f"W{l}"] for l in range(1, seen.spec.n_layers + 1)]
    return any(norm(W) < 0.03 * np.sqrt(len(W)) for W in weights)


@looks_for(
    "a clipping that shortens every step",
    Level.SETTING,
    "the gradient of a step is {ratio} times as long as clip_norm={clip_norm} allows, so that "
    "each step is that much shorter",
    remedies=({"clip_norm": "{none}"},),
    limits={"ratio": 10.0},
    needs=FINITE,
)
def strong_clipping(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Steps of plain descent are as long as the gradient is allowed to be."""
    clip = seen.training.clip_norm
    if clip is None or "second_moment" in OPTIMIZERS[seen.training.optimizer].moments:
        return
    ratio = norm(np.array([norm(g) for g in seen.trace.grads.values()])) / clip
    if ratio > limits["ratio"] and seen.poor:
        yield Seen({"ratio": ratio, "clip_norm": f"{clip:g}", "none": Code("None")})


@looks_for(
    "batches of so few rows that steps are noise",
    Level.SETTING,
    "each step follows {batch} of {n} rows at learning_rate={rate}: what one row teaches the next "
    "one undoes",
    remedies=(
        {"batch_size": 32, "learning_rate": "{lower_rate}", "epochs": "{epochs}"},
        {"batch_size": 32, "epochs": "{epochs}"},
    ),
    limits={"batch": 4, "rows": 40, "learned": 0.95, "last": 0.3},
    needs=HISTORY,
)
def small_batch(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """A batch of 1 and a rate made for 32."""
    if seen.batch_rows > limits["batch"] or seen.n < limits["rows"]:
        return
    rate, last = seen.training.learning_rate, float(seen.losses[-3:].mean())
    calm = seen.learned > limits["learned"] and last - seen.floor < limits["last"] * seen.scale
    if rate < seen.usual_rate or calm or not _worse_than_before(seen):
        return
    numbers = {
        "batch": seen.batch_rows,
        "n": seen.n,
        "rate": rate,
        "lower_rate": seen.usual_rate if rate > 3.0 * seen.usual_rate else None,
        "epochs": max(seen.training.epochs, min(-(-1000 * 32 // seen.n), 1000)),
    }
    yield Seen(numbers)


def _worse_than_before(seen: Evidence) -> bool:
    """Behind simple rules, or with losses that hardly fall and swing."""
    losses = seen.losses
    swing = float(np.abs(np.diff(losses[-6:])).mean()) / seen.scale if len(losses) > 2 else 0.0
    return seen.poor or swing > 0.05 or seen.history.stop_reason == "diverged"


@looks_for(
    "a network without a bend on a problem that has one",
    Level.SETTING,
    "the network is linear and leaves what is not: {left} % of the variance of its residuals can "
    "be predicted by rules that bend",
    remedies=({"activation": "relu", "hidden": "{hidden}"}, {"activation": "relu"}),
    limits={"left": 0.2, "behind": 0.05},
    needs=FINITE,
)
def linear_network(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Its residuals can be predicted by a rule that bends."""
    hidden = seen.spec.activations[1:-1]
    if any(name != "identity" for name in hidden) or not seen.means:
        return
    parts = {type(at.layer).__name__ for at in seen.spec.walk}
    if parts - {"Dense", "Activation", "Dropout", "Scale"} or not seen.enough:
        return
    residuals = attainable(seen.plain_inputs, seen.targets - np.asarray(seen.trace.a[-1]))
    # A linear rule would help, too, where the network has not even learned the line.
    left = residuals.skill - residuals.line_skill
    if left > limits["left"] and left * (1.0 - seen.skill) > limits["behind"] / 2:
        wide = min(seen.hidden, default=0) >= 4
        yield Seen({"left": 100.0 * left, "hidden": None if wide else (32,)})


@looks_for(
    "a layer too narrow for what must pass through it",
    Level.SETTING,
    "layer {layer} has {units}; " + _BEHIND,
    remedies=({"hidden": "{wider}"},),
    limits={"units": 3, "missed": 0.05},
    needs=FINITE,
)
def narrow_layer(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """A hidden layer of one unit or two."""
    hidden = seen.hidden
    if not hidden or min(hidden) > limits["units"] or seen.missed <= limits["missed"]:
        return
    least = min(hidden)
    numbers = {
        "units": "1 unit" if least == 1 else f"{least} units",
        "wider": tuple(max(units, 32) for units in hidden),
        **_behind(seen),
    }
    yield Seen(numbers, layer=hidden.index(least) + 1)


@looks_for(
    "sorted rows that are not shuffled",
    Level.SETTING,
    "shuffle is off and rows of like y follow each other ({percent} % alike): each batch teaches "
    "one answer, and the last one stays",
    remedies=({"shuffle": True},),
    limits={"alike": 0.9, "learned": 0.95},
)
def unshuffled_rows(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Neighbours in y: their share of equal classes, or the correlation of numbers."""
    if seen.training.shuffle or seen.batch_rows >= seen.n or seen.learned > limits["learned"]:
        return
    y = np.asarray(seen.all_targets)
    spread = float(((y - y.mean(axis=0)) ** 2).sum())
    alike = 1.0 - float(((y[1:] - y[:-1]) ** 2).sum()) / (2.0 * spread) if spread else 0.0
    if alike > limits["alike"]:
        yield Seen({"percent": 100.0 * alike})


@looks_for(
    "weights so small that no signal passes",
    Level.SETTING,
    "from layer to layer the weights multiply a signal by {factor}, {product} in all: the outputs "
    "hardly know the inputs",
    remedies=({"init": "{init}"}, {"activation": "relu", "random_state": 1}),
    limits={"product": 0.01, "layers": 3},
    needs=FINITE,
)
def small_weights(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Gain of a layer: rms(W) sqrt(n_in), about 1 at any usual start."""
    weights = [seen.trace.params_before[f"W{l}"] for l in range(1, seen.spec.n_layers + 1)]
    gains = [norm(W) / np.sqrt(len(W)) for W in weights]
    product = float(np.prod(gains))
    if len(gains) < limits["layers"] or not 0 < product < limits["product"] or not seen.poor:
        return
    numbers = {
        "factor": product ** (1.0 / len(gains)),
        "product": product,
        "init": "he_uniform" if seen.spec.activations[1] in RECTIFIERS else "glorot_uniform",
    }
    yield Seen(numbers)


@looks_for(
    "a schedule that ends the training early",
    Level.SETTING,
    "the schedule '{name}' leaves less than a hundredth of the learning rate after epoch {epoch} "
    "of {epochs}; " + _BEHIND,
    remedies=({"schedule": "constant"},),
    limits={"factor": 0.01, "share": 0.6, "learned": 0.9},
    needs=HISTORY,
)
def dying_schedule(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """An exponential or stepped rate that is next to nothing for most of the epochs."""
    schedule, epochs = seen.training.schedule, seen.training.epochs
    factor = schedule.constants.get("factor", 1.0)
    if schedule.name not in ("exponential", "step") or not 0 < factor < 1:
        return
    every = schedule.constants.get("every", 1.0)
    epoch = int(np.ceil(np.log(limits["factor"]) / np.log(factor)) * every)
    if epoch < limits["share"] * epochs and (seen.poor or seen.learned < limits["learned"]):
        yield Seen({"name": schedule.name, "epoch": epoch, "epochs": epochs, **_behind(seen)})


@looks_for(
    "weights that are told not to learn",
    Level.SETTING,
    "learning_rate_factors={factors} keeps the weights where they started",
    remedies=({"learning_rate_factors": Code("{}")},),
    limits={"factor": 0.01, "learned": 0.9},
)
def frozen_weights(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """A factor next to 0 on W, of one layer or all."""
    factors = {
        name: factor
        for name, factor in seen.training.learning_rate_factors.items()
        if name.startswith("W") and factor < limits["factor"]
    }
    if factors and (seen.poor or seen.learned < limits["learned"]):
        yield Seen({"factors": str(factors)})
