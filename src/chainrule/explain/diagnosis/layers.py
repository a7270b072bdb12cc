"""Detectors that look at one recorded step, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from chainrule.explain.diagnosis.detectors import TABLE, finding
from chainrule.explain.diagnosis.evidence import Evidence, rms
from chainrule.explain.diagnosis.findings import Finding
from chainrule.explain.notation.numbers import format_number

BOUNDED = ("sigmoid", "tanh")


def vanishing(seen: Evidence) -> Iterator[Finding]:
    """delta(1) far below delta(L), row by row, without any layer that is dead.

    Gradients are no measure of it: those of the last layer cancel between rows once its bias is
    learned.
    """
    limits, last = TABLE["vanishing"], seen.spec.n_layers
    below, above = (rms(series(seen.trace.delta, l)) for l in (1, last))
    if last < limits["layers"] or above == 0 or dead_share(seen).max(initial=0.0) == 1.0:
        return
    ratio = below / above
    if ratio < limits["ratio"]:
        evidence = {
            "ratio": ratio,
            "last": last,
            "factor": ratio ** (1.0 / (last - 1)),
            "deltas": [rms(series(seen.trace.delta, l)) for l in range(1, last + 1)],
        }
        yield finding("vanishing", evidence, layer=1)


def exploding(seen: Evidence) -> Iterator[Finding]:
    """Signals that grow from layer to layer, so that the loss hangs on tiny changes."""
    limits, last = TABLE["exploding"], seen.spec.n_layers
    if last < limits["layers"]:
        return
    layer = int(np.argmax(seen.sensitivity)) + 1
    sensitivity, growth = float(seen.sensitivity[layer - 1]), _growth(seen)
    steep = sensitivity > limits["sensitivity"] and growth > limits["growth"]
    first = float(seen.losses[0]) if len(seen.losses) else 0.0
    above = (first - seen.floor) / (seen.start - seen.floor)
    if steep or growth > limits["growth_alone"]:  # a loss near 0 is not steep any more
        what = (
            f"from one end to the other the signal grows {format_number(growth, 3)} times, and a "
            f"1 % change of the weights of layer {layer} would change the loss by "
            f"{format_number(sensitivity, 3)} % of the baseline"
        )
    elif above > limits["first"] and seen.training.learning_rate <= seen.usual_rate:
        layer = 1
        what = (
            f"at a usual learning rate the first epoch had a loss of {format_number(first, 3)}, "
            f"where a constant prediction has {format_number(seen.baseline, 3)}: the starting "
            "weights are too large"
        )
    else:
        return
    evidence = {"what": what, "sensitivity": sensitivity, "growth": growth, "first_loss": first}
    yield finding("exploding", evidence, layer=layer)


def series(lists: Sequence[np.ndarray | None], l: int) -> np.ndarray:
    """The array of layer l, of those that every layer has."""
    return np.asarray(lists[l])


def _growth(seen: Evidence) -> float:
    """The larger of how much z grows forward and delta grows backward between first and last."""
    last = seen.spec.n_layers
    z, delta = ([rms(series(of, l)) for l in (1, last)] for of in (seen.trace.z, seen.trace.delta))
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


def dead_units(seen: Evidence) -> Iterator[Finding]:
    """ReLU units that no row switches on."""
    for l, units, total in _dead(seen):
        if len(units) and len(units) >= TABLE["dead-units"]["share"] * total:
            evidence = {
                "n": len(seen.rows),
                "count": len(units),
                "units": total,
                "lower_rate": seen.lower_rate,
            }
            yield finding("dead-units", evidence, layer=l, units=units.tolist())


def saturated(seen: Evidence) -> Iterator[Finding]:
    """Bounded hidden layers on their flat parts; a bounded output likewise where it is wrong."""
    limits = TABLE["saturated"]
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
            }
            yield finding("saturated", evidence, layer=l, units=units.tolist())


def twin_units(seen: Evidence) -> Iterator[Finding]:
    """Hidden units that compute the same and learn the same."""
    limit = TABLE["twin-units"]["difference"]
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
            evidence = {"count": len(twins), "units": layer.units}
            yield finding("twin-units", evidence, layer=l, units=twins.tolist())
