"""Detectors that look at the course of the training: the losses of its epochs, and one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from chainrule.errors import warn_caller
from chainrule.explain.diagnosis.detectors import HISTORY, Level, Seen, looks_for
from chainrule.explain.diagnosis.evidence import ANNEALED, CLASS_LOSSES, Evidence, norm
from chainrule.explain.diagnosis.words import Code
from chainrule.explain.notation.numbers import format_number
from chainrule.spec import History, TrainingSpec

Limits = Mapping[str, float]


@looks_for(
    "steps that overshoot",
    Level.SETTING,
    "{what}",
    remedies=(
        {"learning_rate": "{lower_rate}", "momentum": "{momentum}"},
        {"learning_rate": "{lower_rate}", "epochs": "{epochs}"},
        {"learning_rate": "{lower_rate}"},
    ),
    limits={
        "rise": 1.1,  # loss over its minimum, for `epochs` epochs
        "epochs": 3,
        "swing": 0.15,  # of the baseline
        "jump": 6.0,  # loss of an epoch over that of z(L) = 0
        "drop": 2.0,  # loss of epoch 0 over that of epoch 1, where the jump is in epoch 0
        "sound": 20.0,  # over that of z(L) = 0, of weights that did not overflow by themselves
        "learned": 0.9,  # share of what there is to gain that leaves nothing to complain of
        "usual": 10.0,  # usual rates above which a network that is behind is blamed on it
    },
)
def rate_too_high(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """A loss that left its minimum behind, jumped over the baseline, or diverged."""
    if seen.lower_rate is None:  # it is low already
        return
    what, losses = _overshoot(seen, limits) or _far_too_high(seen, limits), seen.losses
    if what:
        numbers = {
            "what": what,
            "rate": seen.training.learning_rate,
            "lower_rate": seen.lower_rate,
            "epochs": seen.more_epochs(300),
            "momentum": 0.9 if (seen.training.momentum or 0.0) > 0.95 else None,
            "baseline": seen.baseline,
        }
        if len(losses):
            numbers |= {
                "first_loss": float(losses[0]),
                "lowest_loss": float(losses.min()),
                "highest_loss": float(losses.max()),
                "last_loss": float(losses[-1]),
            }
        yield Seen(numbers)


def _far_too_high(seen: Evidence, limits: Limits) -> str:
    ratio = seen.training.learning_rate / seen.usual_rate
    if ratio <= limits["usual"] or not seen.poor or not len(seen.losses):
        return ""
    return (
        f"learning_rate={seen.training.learning_rate:g} is {ratio:.0f} times a usual one, and the "
        f"loss is {format_number(seen.loss, 3)}, where a constant prediction has "
        f"{format_number(seen.baseline, 3)}"
    )


def _overshoot(seen: Evidence, limits: Limits) -> str:
    losses, scale = seen.losses, seen.scale
    reached = seen.floor + limits["jump"] * (seen.start - seen.floor)
    if seen.history.stop_reason == "diverged":
        before = float(losses[0] if len(losses) else seen.trace.data_loss / seen.rows_in_trace)
        # After a finite epoch it was the steps; before, it may be the starting weights.
        if len(losses) or before - seen.floor < limits["sound"] * (seen.start - seen.floor):
            return (
                f"from a loss of {format_number(before, 3)} the steps led out of the finite "
                f"numbers in epoch {len(losses)}"
            )
        return ""
    if not len(losses):
        return ""
    worst, best, epochs = int(np.argmax(losses)), int(np.argmin(losses)), int(limits["epochs"])
    # Epoch 0 may be high because of the starting weights; then the loss comes down gradually.
    sound = losses[0] - seen.floor < limits["sound"] * (seen.start - seen.floor)
    gradual = sound and losses[0] < limits["drop"] * losses[1:2].sum()
    usual = seen.training.learning_rate <= limits["usual"] * seen.usual_rate
    fine = seen.learned > limits["learned"] and usual
    if losses[worst] > reached and not (worst == 0 and gradual) and not fine:
        return (
            f"the loss went up to {format_number(losses[worst], 3)} in epoch {worst}, where a "
            f"constant prediction has {format_number(seen.baseline, 3)}"
        )
    if len(losses) <= epochs:
        return ""
    last = float(losses[-epochs:].min())
    risen = last - seen.floor > limits["rise"] * (losses[best] - seen.floor)
    if risen and last - losses[best] > limits["swing"] * scale:
        return (
            f"the loss was {format_number(losses[best], 3)} in epoch {best} and at least "
            f"{format_number(last, 3)} in the last {epochs} epochs"
        )
    rises = np.diff(losses)
    if last - seen.floor > scale and rises.max() > limits["swing"] * scale:
        return (
            f"the loss rose by {format_number(rises.max(), 3)} within an epoch and ended at "
            f"{format_number(losses[-1], 3)}, where a constant prediction has "
            f"{format_number(seen.baseline, 3)}"
        )
    return ""


@looks_for(
    "steps that lead nowhere",
    Level.SETTING,
    "a step changes the weights by {change} of their size, and {epochs} epochs lowered the "
    "loss by {percent} %; learning_rate={rate} is far below a usual one",
    remedies=({"learning_rate": "{higher_rate}"},),
    limits={"travel": 0.01, "fall": 0.05, "sensitivity": 1e-3, "usual": 0.1, "learned": 0.5},
    needs=HISTORY,
)
def rate_too_low(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Steps too small to get anywhere, although there is a slope to go down."""
    losses = seen.losses
    if len(losses) < 2 or seen.history.stop_reason == "diverged":
        return
    weights = [name for name in seen.trace.update if name.startswith("W")]
    moved = norm(np.array([norm(seen.trace.update[name]) for name in weights]))
    size = norm(np.array([norm(seen.trace.params_before[name]) for name in weights]))
    change = moved / size if size else 0.0
    travel = change * max(seen.history.n_steps, 1)
    fall = (losses[0] - losses[-1]) / seen.scale
    slope = float(seen.sensitivity.max())
    still = travel < limits["travel"] and abs(fall) < limits["fall"]
    low = seen.training.learning_rate < limits["usual"] * seen.usual_rate
    slow = low and seen.learned < limits["learned"] and seen.poor and losses[-1] < losses[0]
    if (still or slow) and low and slope > limits["sensitivity"]:
        numbers = {
            "change": change,
            "travel": travel,
            "epochs": len(losses),
            "percent": 100.0 * float((losses[0] - losses[-1]) / max(abs(losses[0]), 1e-300)),
            "rate": seen.training.learning_rate,
            "higher_rate": seen.higher_rate,
        }
        yield Seen(numbers)


@looks_for(
    "a loss that jumps up and down",
    Level.SYMPTOM,
    "the loss jumps between {low} and {high}: {flips} of {turns} times it turned round",
    remedies=({"learning_rate": "{lower_rate}"}, {"batch_size": 32}),
    advice="take larger batches",
    limits={"flips_full": 0.6, "flips": 0.8, "epochs": 20, "steps": 50, "swing": 0.1},
    needs=HISTORY,
)
def oscillating(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """A loss whose direction turns at nearly every epoch, by much."""
    losses = seen.losses
    full = seen.training.batch_size is None or seen.training.batch_size >= seen.n
    epochs = int(limits["steps" if full else "epochs"])
    tail = losses[-epochs - 1 :]
    changes = np.diff(tail)
    if len(changes) < epochs:
        return
    flips = int((np.sign(changes[1:]) != np.sign(changes[:-1])).sum())
    turns = len(changes) - 1
    swing = float(np.median(np.abs(changes))) / seen.scale
    if flips > limits["flips_full" if full else "flips"] * turns and swing > limits["swing"]:
        evidence = {
            "low": float(tail.min()),
            "high": float(tail.max()),
            "flips": flips,
            "turns": turns,
            "swing": swing,
            "lower_rate": seen.lower_rate,
        }
        yield Seen(evidence)


@looks_for(
    "a loss that stays at the constant prediction's",
    Level.SYMPTOM,
    "for {epochs} epochs the loss has stayed at {loss}, that of predicting {answer} for every row",
    remedies=({"learning_rate": "{usual_rate}", "random_state": 1}, {"random_state": 1}),
    advice="look for inputs that know more",
    limits={"epochs": 20, "move": 1e-3, "near": 0.01},
    needs=HISTORY,
)
def stuck(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """The loss of the constant prediction, epoch after epoch."""
    losses = seen.losses
    epochs = int(limits["epochs"])
    if len(losses) < epochs:
        return
    tail = losses[-epochs:]
    still = np.ptp(tail) < limits["move"] * seen.scale
    if still and abs(tail[-1] - seen.baseline) < limits["near"] * seen.scale:
        classes = seen.spec.loss.name in CLASS_LOSSES
        evidence = {
            "epochs": epochs,
            "loss": float(losses[-1]),
            "baseline": seen.baseline,
            "answer": "the frequencies of the classes" if classes else "the mean",
            "usual_rate": seen.usual_rate,
        }
        yield Seen(evidence)


@looks_for(
    "a training that ends while the loss still falls",
    Level.SYMPTOM,
    "{what}",
    remedies=(
        {"patience": "{patience}"},
        {"early_stopping": "{early_stopping}"},
        {"tol": "{tol}"},
        {"time_limit": "{time_limit}"},
        {"epochs": "{epochs}", "batch_size": "{batch_size}"},
        {"epochs": "{epochs}"},
    ),
    limits={"fall": 0.05, "few": 5, "left": 0.03, "missed": 0.05, "learned": 0.9},
    needs=HISTORY,
)
def still_falling(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """A twentieth of the baseline gained in the last fifth, or next to no epochs at all."""
    losses, held = seen.losses, seen.validation_losses
    epochs, last = len(losses), max(1, len(losses) // 5)
    behind = seen.missed > limits["missed"]
    if seen.learned > limits["learned"]:
        return
    reason, training = seen.history.stop_reason, seen.training
    waited = reason == "patience" and (training.patience or 0) >= limits["few"]
    if not behind and len(held) and (waited or np.argmin(held) < len(held) - last - 1):
        return  # more epochs would not help where it counts
    if epochs < limits["few"]:
        fell = epochs > 1 and losses[-2] - losses[-1] > limits["fall"] * seen.scale
        early = (fell or reason in ("patience", "tol", "time_limit")) and seen.learned < 0.9
        if not behind and seen.learned > limits["fall"] and not early:
            return
        what = f"training had {_epochs(epochs)}; the loss is {_against(seen)}"
    else:
        before = float(np.median(losses[-2 * last - 1 : -last]))
        fall = (before - float(np.median(losses[-last:]))) / seen.scale
        annealed = seen.training.schedule.name in ANNEALED
        ended = (losses[-1] - seen.floor) / seen.scale < limits["left"]
        slight = fall < limits["fall"] * (0.2 if reason == "time_limit" else 1.0)
        if slight or ended or (annealed and not behind):
            return
        what = (
            f"in the last {_last(last)} of {epochs} the loss still fell by {100 * fall:.0f} % of "
            f"a constant prediction's, to {format_number(losses[-1], 3)}"
        )
    # The drop-in keeps no reason: it ends by its tolerance, or by validation.
    ended_early = reason in ("tol", "") and epochs < training.epochs
    full = seen.batch_rows >= seen.n > 200
    numbers = {
        "what": what,
        "patience": 10 * training.patience if reason == "patience" and training.patience else None,
        "early_stopping": False if ended_early and seen.words.splits else None,
        "tol": 0.0 if ended_early else None,
        "time_limit": Code("None") if reason == "time_limit" else None,
        "epochs": max(4 * epochs, seen.epochs_for(1000)),
        "batch_size": 32 if full else None,
    }
    yield Seen(numbers)


def _epochs(count: int) -> str:
    return "1 epoch" if count == 1 else f"{count} epochs"


def _last(count: int) -> str:
    return "epoch" if count == 1 else f"{count} epochs"


def _against(seen: Evidence) -> str:
    return (
        f"{format_number(seen.loss, 3)}, where a constant prediction has "
        f"{format_number(seen.baseline, 3)}"
    )


@looks_for(
    "a loss that rests above what could be reached",
    Level.SYMPTOM,
    "the loss rests at {loss}, where {better}: a local minimum, or too few units",
    remedies=(
        {"hidden": "{wider}", "random_state": 1},
        {"hidden": "{wider}"},
    ),
    limits={"epochs": 20, "move": 0.01, "missed": 0.1, "toy": 30, "learned": 0.95},
    needs=HISTORY,
)
def plateau(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Flat at the end, and not at what simple rules, or as many weights as rows, could reach."""
    losses = seen.losses
    if len(losses) < limits["epochs"] or not seen.hidden:
        return
    last = max(2, len(losses) // 5)
    if abs(float(losses[-last] - losses[-1])) > limits["move"] * seen.scale:
        return
    if seen.loss - losses[-1] > limits["missed"] * seen.scale:
        return  # it rested lower; what was kept, or these rows, are others
    better = ""
    if seen.missed > limits["missed"]:
        better = (
            f"simple rules explain {100 * seen.simple.skill:.0f} % of the variance of y and the "
            f"network {100 * seen.skill:.0f} %"
        )
    elif seen.n <= limits["toy"] and seen.learned < limits["learned"] and _could_fit(seen):
        size = sum(array.size for array in seen.trace.params_before.values())
        better = f"{size} weights could fit {seen.n} rows without error"
    if better:
        wider = tuple(max(4 * units, 8) for units in seen.hidden)
        yield Seen({"loss": seen.loss, "better": better, "wider": wider})


def _could_fit(seen: Evidence) -> bool:
    """Whether there are as many weights as rows, nothing held back, and no contradiction."""
    size = sum(array.size for array in seen.trace.params_before.values())
    training = seen.training
    free = not (training.l1 or training.l2 or training.weight_decay)
    free = free and training.schedule.name == "constant" and not seen.validation_losses.size
    different = len(np.unique(seen.plain_inputs, axis=0))
    both = np.column_stack([seen.plain_inputs, seen.targets])
    return free and size >= seen.n and different == len(np.unique(both, axis=0))


@looks_for(
    "a loss above the best constant prediction's",
    Level.SYMPTOM,
    "the loss is {loss}, and predicting {constant} for every row would have {baseline}",
    remedies=(
        {"standardise_inputs": True, "learning_rate": "{usual_rate}"},
        {"learning_rate": "{usual_rate}"},
    ),
    advice="look at the rows: no other check explains it",
    limits={"above": 0.02},
)
def worse_than_constant(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Worse than not looking at X at all."""
    if not seen.learned < -limits["above"] or not np.isfinite(seen.loss):
        return
    classes = seen.spec.loss.name in CLASS_LOSSES
    numbers = {
        "loss": seen.loss,
        "baseline": seen.baseline,
        "constant": "the frequencies of the classes" if classes else "the same number",
        "usual_rate": seen.usual_rate,
    }
    yield Seen(numbers)


def warn_of_clear_fault(history: History, training: TrainingSpec) -> None:
    """A `RuntimeWarning` at the end of `fit` where the losses alone leave no doubt."""
    fault = clear_fault(history, training)
    if fault:
        warn_caller(fault, RuntimeWarning)


def clear_fault(history: History, training: TrainingSpec) -> str | None:
    """One sentence where the losses alone leave no doubt, for a warning at the end of `fit`.

    The loss ended far above its minimum and above where it began, and stayed there.
    """
    losses = np.asarray(history.loss, np.float64)
    if len(losses) < 5 or not np.isfinite(losses).all() or losses.min() <= 0:
        return None
    best, tail = int(np.argmin(losses)), losses[-3:]
    if tail.min() < 2.0 * losses[best] or tail.min() < 1.5 * losses[0]:
        return None
    return (
        f"the training loss rose from {format_number(losses[best], 3)} (epoch {best}) to "
        f"{format_number(losses[-1], 3)}: learning_rate={training.learning_rate:g} is too high; "
        "diagnose(X, y) looks closer."
    )
