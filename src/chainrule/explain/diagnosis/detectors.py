"""The one table of what can be diagnosed: limits, sentence and remedy of every fault.

The detectors themselves stand in `course` (the losses of the epochs), `layers` (one recorded step,
layer by layer) and `rows` (the rows of that step). The limits were chosen on one half of the tables
of `benchmarks/diagnosis.py` and judged on the other half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chainrule.explain.diagnosis.findings import Finding
from chainrule.explain.notation.numbers import format_number


@dataclass(frozen=True)
class Detector:
    """One row of the table.

    Attributes
    ----------
    looks_for : str
        What is checked, in words.
    sentence, fix : str
        With {names} of the evidence.
    limits : mapping of str to float
    """

    looks_for: str
    sentence: str
    fix: str
    limits: Mapping[str, float] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        return self.limits[name]


# In the order in which findings are told: what makes the rest meaningless comes first.
# "The baseline" is the loss of the best constant prediction.
TABLE: dict[str, Detector] = {
    "non-finite": Detector(
        "a number that is infinite or NaN",
        "{quantity} overflowed first, {where}",
        "learning_rate={lower_rate}, clip_norm=1.0, and standardised inputs",
        {"replayed_steps": 2000},
    ),
    "constant-target": Detector(
        "a target with one value",
        "all {n} targets are {value}, so that there is nothing to learn",
        "check which column is the target",
    ),
    "leak": Detector(
        "an input that gives the answer away",
        "'{column}' alone predicts the target ({measure} {score}; the next best input {second})",
        'X = X.drop(columns="{column}"), unless it is known at the time of prediction',
        {
            "score": 0.99,  # area under the ROC curve, macro average; or R2
            "remainder": 10.0,  # what the next best column leaves open, in units of this one's
            "rows": 40,
            "many": 1000,  # rows above which a score is enough for classes; below, the column
            "likeness": 0.97,  # must have about one value a class: share of its variance
        },
    ),
    "imbalance": Detector(
        "a class that is hardly there",
        "{share} % of {n} rows are {label}",
        'class_weight="balanced", or more rows of that class',
        {"share": 0.01, "rows": 200},
    ),
    "unscaled-inputs": Detector(
        "inputs on very different scales",
        "the spread of '{wide}' is {ratio} times that of '{narrow}'",
        "X = (X - X.mean(axis=0)) / X.std(axis=0)",
        {"ratio": 100.0},
    ),
    "rate-too-high": Detector(
        "steps that overshoot",
        "{what}",
        "learning_rate={lower_rate}",
        {
            "rise": 1.1,  # loss over its minimum, for `epochs` epochs
            "epochs": 3,
            "swing": 0.15,  # of the baseline
            "jump": 6.0,  # loss of an epoch over that of z(L) = 0
            "drop": 2.0,  # loss of epoch 0 over that of epoch 1, where the jump is in epoch 0
            "sound": 20.0,  # over that of z(L) = 0, of weights that did not overflow by themselves
        },
    ),
    "exploding": Detector(
        "gradients that grow from layer to layer",
        "{what}",
        'init="he_uniform" (relu) or "glorot_uniform" (tanh), clip_norm=1.0, fewer layers',
        {
            "sensitivity": 50.0,  # |dL_dW| |W| over the baseline, together with
            "growth": 5.0,  # rms z or delta of one end over that of the other
            "growth_alone": 50.0,
            "first": 20.0,  # loss of the first epoch over that of z(L) = 0, at a usual rate
            "layers": 3,
        },
    ),
    "vanishing": Detector(
        "gradients that shrink from layer to layer",
        "delta of layer 1 is {ratio} of that of layer {last}: each layer multiplies the signal by "
        "about {factor}",
        'activation="relu" with init="he_uniform", or fewer layers',
        {"ratio": 1e-3, "layers": 3},
    ),
    "dead-units": Detector(
        "units that are 0 on every row",
        "on all {n} rows z < 0 for {count} of {units} units, so that slope and delta are 0 "
        "and they no longer learn",
        'activation="leaky_relu", learning_rate={lower_rate}, or a fresh start',
        {"share": 0.45},  # wide layers that learn well have up to a third of them
    ),
    "saturated": Detector(
        "units on the flat part of their activation",
        "slope < {slope} on {percent} % of all rows and units, so that an error arrives "
        "multiplied by {typical} on average",
        "standardise the inputs; relu in hidden layers; cross-entropy at the output",
        {"slope": 0.01, "share": 0.6, "wrong": 0.5},
    ),
    "twin-units": Detector(
        "units with equal weights and equal gradients",
        "{count} of {units} units have equal weights and gradients and will stay so",
        'random weights: init="glorot_uniform"',
        {"difference": 1e-6},
    ),
    "rate-too-low": Detector(
        "steps that lead nowhere",
        "a step changes the weights by {change} of their size, and {epochs} epochs lowered the "
        "loss by {percent} %",
        "learning_rate={higher_rate}",
        {"travel": 0.01, "fall": 0.05, "sensitivity": 1e-3},
    ),
    "oscillating": Detector(
        "a loss that jumps up and down",
        "the loss jumps between {low} and {high}: {flips} of {turns} times it turned round",
        "learning_rate={lower_rate}, or a larger batch_size",
        {"flips_full": 0.6, "flips": 0.8, "epochs": 20, "steps": 50, "swing": 0.1},
    ),
    "stuck": Detector(
        "a loss that stays at the constant prediction's",
        "for {epochs} epochs the loss has stayed at {loss}, that of predicting {answer} for "
        "every row",
        "another learning_rate, another init, or inputs that know more",
        {"epochs": 20, "move": 1e-3, "near": 0.01},
    ),
    "overfitting": Detector(
        "a validation loss that rises while the training loss falls",
        "the best epoch was {best}; since then the training loss went {train} %, the "
        "validation loss {validation} %",
        "dropout=0.1, weight_decay=0.01, patience=10, or more rows",
        {"epochs": 10, "rise": 0.5, "fall": 0.05, "poor": 0.5},
    ),
    "label-noise": Detector(
        "rows whose label the network is sure is wrong",
        "{count} rows have another class at more than {sure} % where {expected} would be "
        "expected, first row {row}",
        "look at rows {rows}",
        {"sure": 0.99, "excess": 10.0, "rows": 5, "right": 0.9, "gap": 1.5},
    ),
}  # fmt: skip


def finding(
    code: str,
    evidence: Mapping[str, Any],
    layer: int | None = None,
    units: Sequence[int] = (),
) -> Finding:
    """A finding whose sentence and fix are those of the table, filled with the evidence."""
    row = TABLE[code]
    words = {name: _word(name, value) for name, value in evidence.items()}
    if layer is not None:
        words.setdefault("layer", layer)
    return Finding(
        code,
        row.sentence.format(**words),
        row.fix.format(**words),
        layer,
        tuple(units),
        {**evidence, **{f"limit_{name}": value for name, value in row.limits.items()}},
    )


def _word(name: str, value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return f"{value:g}" if name.endswith("rate") else format_number(value, 3)
