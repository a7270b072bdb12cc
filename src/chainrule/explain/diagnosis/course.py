"""Detectors that look at the course of the training: the losses of its epochs, and one step."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np

from chainrule.explain.diagnosis.detectors import TABLE, finding
from chainrule.explain.diagnosis.evidence import Evidence, norm
from chainrule.explain.diagnosis.findings import Finding
from chainrule.explain.notation.numbers import format_number
from chainrule.spec import History, TrainingSpec


def rate_too_high(seen: Evidence) -> Iterator[Finding]:
    """A loss that left its minimum behind, jumped over the baseline, or diverged."""
    what, losses = _overshoot(seen), seen.losses
    if what:
        evidence = {"what": what, "lower_rate": seen.lower_rate, "baseline": seen.baseline}
        if len(losses):
            evidence |= {
                "first_loss": float(losses[0]),
                "lowest_loss": float(losses.min()),
                "highest_loss": float(losses.max()),
                "last_loss": float(losses[-1]),
            }
        yield finding("rate-too-high", evidence)


def _overshoot(seen: Evidence) -> str:
    limits, losses, scale = TABLE["rate-too-high"], seen.losses, seen.scale
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
    if losses[worst] > reached and not (worst == 0 and gradual):
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


def rate_too_low(seen: Evidence) -> Iterator[Finding]:
    """Steps too small to get anywhere, although there is a slope to go down."""
    limits, losses = TABLE["rate-too-low"], seen.losses
    if len(losses) < 2 or seen.history.stop_reason == "diverged":
        return
    weights = [name for name in seen.trace.update if name.startswith("W")]
    moved = norm(np.array([norm(seen.trace.update[name]) for name in weights]))
    size = norm(np.array([norm(seen.trace.params_before[name]) for name in weights]))
    change = moved / size if size else 0.0
    travel = change * max(seen.history.n_steps, 1)
    fall = (losses[0] - losses[-1]) / seen.scale
    slope = float(seen.sensitivity.max())
    if travel < limits["travel"] and abs(fall) < limits["fall"] and slope > limits["sensitivity"]:
        evidence = {
            "change": change,
            "travel": travel,
            "epochs": len(losses),
            "percent": 100.0 * float((losses[0] - losses[-1]) / max(abs(losses[0]), 1e-300)),
            "higher_rate": seen.higher_rate,
        }
        yield finding("rate-too-low", evidence)


def oscillating(seen: Evidence) -> Iterator[Finding]:
    """A loss whose direction turns at nearly every epoch, by much."""
    limits, losses = TABLE["oscillating"], seen.losses
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
        yield finding("oscillating", evidence)


def stuck(seen: Evidence) -> Iterator[Finding]:
    """The loss of the constant prediction, epoch after epoch."""
    limits, losses = TABLE["stuck"], seen.losses
    epochs = int(limits["epochs"])
    if len(losses) < epochs:
        return
    tail = losses[-epochs:]
    still = np.ptp(tail) < limits["move"] * seen.scale
    if still and abs(tail[-1] - seen.baseline) < limits["near"] * seen.scale:
        classes = seen.spec.loss.name in ("cross_entropy", "binary_cross_entropy")
        evidence = {
            "epochs": epochs,
            "loss": float(losses[-1]),
            "baseline": seen.baseline,
            "answer": "the frequencies of the classes" if classes else "the mean",
        }
        yield finding("stuck", evidence)


def overfitting(seen: Evidence) -> Iterator[Finding]:
    """Validation got much worse since its best epoch while training went on to improve.

    The best epoch is kept; where it predicts new rows well, there is nothing to mend.
    """
    limits, train, held = TABLE["overfitting"], seen.losses, seen.validation_losses
    # A training that patience ended has kept its best epoch, and needs no advice.
    if len(held) < 2 or len(held) != len(train) or seen.history.stop_reason == "patience":
        return
    best = int(np.argmin(held))
    if len(held) - 1 - best < limits["epochs"] or held[best] <= seen.floor:
        return
    rise = float((held[-3:].min() - held[best]) / (held[best] - seen.floor))
    fall = float((train[best] - train[-1]) / max(train[best] - seen.floor, 1e-300))
    poor = held[best] - seen.floor > limits["poor"] * seen.scale
    if rise > limits["rise"] and fall > limits["fall"] and poor:
        evidence = {
            "best": best,
            "train": f"{-100 * fall:+.0f}",
            "validation": f"{100 * rise:+.0f}",
        }
        yield finding("overfitting", {**evidence, "rise": rise, "fall": fall})


def warn_of_clear_fault(history: History, training: TrainingSpec, stacklevel: int = 3) -> None:
    """A `RuntimeWarning` at the end of `fit` where the losses alone leave no doubt."""
    fault = clear_fault(history, training)
    if fault:
        warnings.warn(fault, RuntimeWarning, stacklevel=stacklevel)


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
