"""One tensor's gradient beside one found in another way, each element with its own bound."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chainrule.explain.check.entries import Entry
from chainrule.reference.arrays import Array, Flags, Indices

# Of a differing element: the bound to hold it to instead, or None where it stands on a kink.
Look = Callable[[int], float | None]

MAX_LOOKS = 200  # elements of a tensor that are looked at again


def compare(
    tensor: str,
    method: str,
    g: Array,
    reference: Array,
    bound: Array,
    places: Indices,
    *,
    aside: Flags | None = None,
    look: Look | None = None,
) -> Entry:
    """The place that is nearest to its bound, or furthest beyond it.

    Parameters
    ----------
    tensor, method : str
    g : ndarray
        The engine's gradient, flat.
    reference, bound : ndarray (n_places,)
        What it is held to, and how far rounding may have taken the two apart.
    places : ndarray of int
        Where.
    aside : ndarray of bool, optional
        Places that stand on a kink.
    look : callable, optional
        Asked for each place beyond its bound, the furthest first, until one stays there. Where
        none of the first 200 does, the others are set aside like them.
    """
    at, bound = g[places].astype(np.float64), np.nan_to_num(bound, nan=np.inf)
    difference = np.abs(at - reference)
    difference[~np.isfinite(difference)] = np.inf
    kinks = np.zeros(len(places), bool) if aside is None else aside.copy()
    difference[kinks] = 0.0
    excess = _over(difference, bound)
    n_beyond = 0 if look is None else int((excess > 1.0).sum())
    for count, k in enumerate(np.argsort(-excess)[:n_beyond]):
        found = None if count >= MAX_LOOKS else look(int(places[k]))  # type: ignore[misc]
        if found is None:
            kinks[k], difference[k] = True, 0.0
        else:
            bound[k] = max(bound[k], found)
        excess[k] = _over(difference[k : k + 1], bound[k : k + 1])[0]
        if excess[k] > 1.0:
            break
    worst = int(np.argmax(excess))
    sizes = np.abs(reference[~kinks])
    size = float(sizes.max(initial=0.0))
    return Entry(
        tensor=tensor,
        place=int(places[worst]),
        method=method,
        analytic=float(at[worst]),
        reference=float(reference[worst]),
        error=_part(float(difference.max()), size),
        bound=float(bound[worst]),
        severity=float(excess[worst]),
        n_checked=len(places),
        n_kinks=int(kinks.sum()),
        seen=_most_is_seen(sizes, bound[~kinks]) or not (sizes.any() or at[~kinks].any()),
    )


def _most_is_seen(sizes: Array, bound: Array) -> bool:
    """Whether the elements larger than their bounds make up most of the tensor."""
    seen = np.where(sizes > bound, sizes, 0.0)
    return bool(np.linalg.norm(seen) > np.sqrt(0.5) * np.linalg.norm(sizes))


def _part(difference: float, size: float) -> float:
    """The difference as a part of the size; 1 beside a size of 0."""
    return difference / size if size else float(difference > 0)


def _over(difference: Array, bound: Array) -> Array:
    """The difference in units of the bound; of no bound, any difference is infinite."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(difference == 0, 0.0, difference / bound)
