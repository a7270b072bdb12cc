"""Detectors that look at one recorded step, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from chainrule.explain.diagnosis.detectors import FINITE, Level, Seen, looks_for
from chainrule.explain.diagnosis.evidence import RECTIFIERS, Evidence, rms
from chainrule.explain.notation.numbers import format_number
from chainrule.spec import Dropout

Limits = Mapping[str, float]

BOUNDED = ("sigmoid", "tanh")


@looks_for(
    "gradients that shrink from layer to layer",
    Level.SETTING,
    "delta of layer 1 is {ratio} of that of layer {last}: each layer multiplies the signal by "
    "about {factor}",
    remedies=(
        {"activation": "relu", "init": "he_uniform", "learning_rate": "{usual_rate}"},
        {"activation": "relu", "learning_rate": "{usual_rate}"},
        {"hidden": "{two}"},
    ),
    limits={"ratio": 1e-3, "layers": 3},
    needs=FINITE,
)
def vanishing(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """delta(1) far below delta(L), row by row, without any layer that is dead.

    Gradients are no measure of it: those of the last layer cancel between rows once its bias is
    learned.
    """
    last = seen.spec.n_layers
    below, above = (rms(series(seen.trace.delta, l)) for l in (1, last))
    if last < limits["layers"] or above == 0 or dead_share(seen).max(initial=0.0) == 1.0:
        return
    ratio = below / above
    if 0.0 < ratio < limits["ratio"]:
        evidence = {
            "ratio": ratio,
            "last": last,
            "factor": ratio ** (1.0 / (last - 1)),
            "deltas": [rms(series(seen.trace.delta, l)) for l in range(1, last + 1)],
            "usual_rate": min(seen.usual_rate, 0.01),
            "two": seen.hidden[:2],
        }
        yield Seen(evidence, layer=1)


@looks_for(
    "gradients that grow from layer to layer",
    Level.SETTING,
    "{what}",
    remedies=({"init": "{init}"}, {"hidden": "{two}"}),
    advice="start from smaller weights",
    limits={
        "sensitivity": 50.0,  # |dL_dW| |W| over the baseline, together with
        "growth": 5.0,  # rms z or delta of one end over that of the other
        "growth_alone": 50.0,
        "first": 20.0,  # loss of the first epoch over that of z(L) = 0, at a usual rate
        "layers": 3,
        "dropout": 0.5,
        "rate": 10.0,  # above so many usual ones it is the steps that made the weights large
    },
)
def exploding(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Signals that grow from layer to layer, so that the loss hangs on tiny changes."""
    last, rate = seen.spec.n_layers, seen.training.learning_rate
    if last < limits["layers"] or rate > limits["rate"] * seen.usual_rate:
        return
    layer = int(np.argmax(seen.sensitivity)) + 1
    sensitivity, growth = float(seen.sensitivity[layer - 1]), _growth(seen)
    steep = sensitivity > limits["sensitivity"] and growth > limits["growth"]
    first = float(seen.losses[0]) if len(seen.losses) else 0.0
    above = (first - seen.floor) / (seen.start - seen.floor)
    if _dropout(seen) > limits["dropout"]:  # it makes the losses of the epochs large
        above = 0.0
    if steep or growth > limits["growth_alone"]:  # a loss near 0 is not steep any more
        what = (
            f"from one end to the other the signal grows {format_number(growth, 3)} times, and a "
            f"1 % change of the weights of layer {layer} would change the loss by "
            f"{format_number(sensitivity, 3)} % of the baseline"
        )
    elif above > limits["first"] and rate <= seen.usual_rate:
        layer = 1
        what = (
            f"at a usual learning rate the first epoch had a loss of {format_number(first, 3)}, "
            f"where a constant prediction has {format_number(seen.baseline, 3)}: the starting "
            "weights are too large"
        )
    else:
        return
    evidence = {
        "what": what,
        "sensitivity": sensitivity,
        "growth": growth,
        "first_loss": first,
        "init": "he_uniform" if seen.spec.activations[1] in RECTIFIERS else "glorot_uniform",
        "two": seen.hidden[:2],
    }
    yield Seen(evidence, layer=layer)


def _dropout(seen: Evidence) -> float:
    rates = (at.layer.rate for at in seen.spec.walk if isinstance(at.layer, Dropout))
    return max(rates, default=0.0)


def series(lists: Sequence[np.ndarray | None], l: int) -> np.ndarray:
    """The array of layer l, of those that every layer has."""
    return np.asarray(lists[l])


def _growth(seen: Evidence) -> float:
    """The larger of how much z grows forward and delta grows backward between first and last.

    Large targets have a large z(L); that is no growth of the signal.
    """
    last = seen.spec.n_layers
    z, delta = ([rms(series(of, l)) for l in (1, last)] for of in (seen.trace.z, seen.trace.delta))
    z[1] /= max(rms(seen.targets), 1.0)
    pairs = [(z[1], z[0]), (delta[0], delta[1])]
    return max(above / below if below else 0.0 for above, below in pairs)


def dead_share(seen: Evidence) -> np.ndarray:
    """Per hidden layer the share of units that are off on every row, (L - 1,)."""
    return np.array([len(units) / total for _, units, total in _dead(seen)])


def _dead(seen: Evidence) -> list[tuple[int, np.ndarray, int]]:
    out = []
    for l, layer in enumerate(seen.spec.dense[:-1], start=1):
        off: np.ndarray = np.zeros(layer.units, bool)
        if seen.spec.activations[l] == "relu":
            z = series(seen.trace.z, l)
            off = np.all(z <= 0, axis=0) & np.any(z < 0, axis=0)  # all 0: units not yet started
        out.append((l, np.flatnonzero(off), layer.units))
    return out


@looks_for(
    "units that are 0 on every row",
    Level.SIGNAL,
    "on all {n} rows z < 0 for {count} of {units} units, so that slope and delta are 0 "
    "and they no longer learn",
    remedies=(
        {"activation": "leaky_relu", "learning_rate": "{lower_rate}"},
        {"activation": "leaky_relu"},
        {"learning_rate": "{lower_rate}"},
    ),
    advice="start afresh, with another seed",
    limits={"share": 0.45},  # wide layers that learn well have up to a third of them
    needs=FINITE,
)
def dead_units(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """ReLU units that no row switches on."""
    for l, units, total in _dead(seen):
        if len(units) and len(units) >= limits["share"] * total:
            evidence = {
                "n": len(seen.rows),
                "count": len(units),
                "units": total,
                "lower_rate": _much_lower_rate(seen),
            }
            yield Seen(evidence, layer=l, units=units.tolist())


def _much_lower_rate(seen: Evidence) -> float | None:
    """The usual rate, where the present one is so far above it that it may be to blame."""
    usual = seen.usual_rate
    return usual if seen.training.learning_rate > 10.0 * usual else None


@looks_for(
    "units on the flat part of their activation",
    Level.SIGNAL,
    "slope < {slope} on {percent} % of all rows and units, so that an error arrives "
    "multiplied by {typical} on average",
    remedies=(
        {"output_activation": "{output}", "loss": "{loss}"},
        {"activation": "relu", "learning_rate": "{lower_rate}"},
        {"activation": "relu"},
    ),
    advice="start from smaller weights",
    limits={"slope": 0.01, "share": 0.6, "wrong": 0.5},
    needs=FINITE,
)
def saturated(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Bounded hidden layers on their flat parts; a bounded output likewise where it is wrong."""
    for l in range(1, seen.spec.n_layers + 1):
        slope = seen.trace.slope[l]
        if seen.spec.activations[l] not in BOUNDED or slope is None:
            continue
        flat = slope < limits["slope"]
        if l == seen.spec.n_layers:
            if seen.spec.loss.name == "binary_cross_entropy":  # there the slope cancels
                continue
            flat = flat & (np.abs(seen.trace.a[l] - seen.targets) > limits["wrong"])
        share = float(flat.mean())
        if share > limits["share"]:
            units = np.flatnonzero(flat.mean(axis=0) > limits["share"])
            evidence = {
                "share": share,
                "percent": 100.0 * share,
                "slope": limits["slope"],
                "typical": float(np.mean(slope)),
                "lower_rate": _much_lower_rate(seen),
                "output": "sigmoid" if l == seen.spec.n_layers else None,
                "loss": "binary_cross_entropy",
            }
            yield Seen(evidence, layer=l, units=units.tolist())


@looks_for(
    "units with equal weights and equal gradients",
    Level.SETTING,
    "{count} of {units} units have equal weights and gradients and will stay so",
    remedies=({"init": "{init}"},),
    advice="start from random weights",
    limits={"difference": 1e-6},
    needs=FINITE,
)
def twin_units(seen: Evidence, limits: Limits) -> Iterator[Seen]:
    """Hidden units that compute the same and learn the same."""
    limit = limits["difference"]
    for l, layer in enumerate(seen.spec.dense[:-1], start=1):
        W, b = seen.trace.params_before[f"W{l}"], seen.trace.params_before[f"b{l}"]
        g, out = seen.trace.grads[f"W{l}"], seen.trace.params_before[f"W{l + 1}"]
        dead = next(units for number, units, _ in _dead(seen) if number == l)
        alive = ~np.isin(np.arange(layer.units), dead)
        traits = np.column_stack([W, b, g, out.T]).astype(np.float64)
        scale = np.abs(traits).max(axis=0)
        alike = np.round(traits / np.where(scale > 0, scale, 1.0) / limit)[alive]
        _, group, counts = np.unique(alike, axis=0, return_inverse=True, return_counts=True)
        twins = np.flatnonzero(alive)[counts[group.reshape(-1)] > 1]
        if len(twins):
            evidence = {
                "count": len(twins),
                "units": layer.units,
                "init": "he_uniform"
                if seen.spec.activations[l] in RECTIFIERS
                else "glorot_uniform",
            }
            yield Seen(evidence, layer=l, units=twins.tolist())
