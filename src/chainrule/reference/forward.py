"""Forward: from the rows of X, layer after layer, to the prediction a(L)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np

from chainrule.reference.arrays import Array, Params, PerLayer
from chainrule.reference.layers import KINDS, own
from chainrule.spec import NetworkSpec, Placed


@dataclass
class Record:
    """What every layer of a forward pass read and made, by `Placed.index`.

    Attributes
    ----------
    spec : NetworkSpec
    still : Record or None
        The real pass of which this complex one is a step.
    inputs, outputs : dict of int to ndarray
        Without the layers before the one where the pass began.
    """

    spec: NetworkSpec
    still: Record | None = None
    inputs: dict[int, Array] = field(default_factory=dict)
    outputs: dict[int, Array] = field(default_factory=dict)

    @property
    def z(self) -> PerLayer:
        """z(l) for l = 0..L; z[0] is X where a layer makes a(0) of it, else None."""
        made = [self.outputs.get(at.index) for at in self.spec.dense_places]
        return [self._rows if self.spec.a_places[0] else None, *made]

    @property
    def a(self) -> PerLayer:
        """a(l) for l = 0..L, before dropout."""
        return [self.outputs.get(at.index) if at else self._rows for at in self.spec.a_places]

    @property
    def _rows(self) -> Array | None:
        return self.inputs.get(self.spec.placed[0].index)  # X


def forward(
    spec: NetworkSpec, params: Params, X: Array, masks: PerLayer | None = None
) -> tuple[PerLayer, PerLayer]:
    """z(l) = W(l) a(l-1) + b(l) and a(l) = sigma(z(l)) for l = 1..L.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
        Of the shapes `spec.parameter_shapes`: "W1" (n_1, n_0), "b1" (n_1,), ...
    X : ndarray (n_samples, n_features)
    masks : list, optional
        masks[l] (n_samples, n_l) multiplies a(l) on its way to layer l + 1; None drops nothing.

    Returns
    -------
    z, a : lists of length L + 1
        Indexed by l; a[l] is taken before dropout. a[0] is X, and z[0] None; where layers before
        layer 1 make a[0] of X, z[0] is X.
    """
    record = record_forward(spec, params, X, masks)
    return record.z, record.a


def record_forward(
    spec: NetworkSpec,
    params: Params,
    a: Array,
    masks: PerLayer | None = None,
    first: int = 0,
    still: Record | None = None,
) -> Record:
    """The forward pass with all that its layers read and made.

    It begins at spec.placed[first], of which `a` is the input: X for the first of all. A complex
    step names the pass of the point that it steps from, `still`.
    """
    record = Record(spec, still)
    values = with_masks(params, masks)
    for at in spec.placed[first:]:
        a = forward_layer(at, values, a, record)
    return record


def forward_layer(at: Placed, values: Params, a: Array, record: Record) -> Array:
    """What one layer makes of `a`; it and the layers inside enter the record."""
    inside = [partial(forward_layer, part, values, record=record) for part in at.inside]
    out = KINDS[at.layer.kind].forward(at.layer, own(at, values), a, *inside)
    if record.still is not None:
        out = at_the_point(record.still.outputs[at.index], out)
    record.inputs[at.index], record.outputs[at.index] = a, out
    return out


def at_the_point(point: Array, out: Array) -> Array:
    """The complex `out` with the real part that it has without the step.

    Its own differs by h^2 and by rounding, enough to push a z of exactly 0 over its kink.
    """
    moved = np.empty(out.shape, dtype=complex)
    moved.real, moved.imag = point, out.imag
    return moved


def with_masks(params: Params, masks: PerLayer | None) -> Params:
    """Parameters and masks by name: masks[2] is "mask2", masks[0] "mask"."""
    named = {f"mask{l or ''}": mask for l, mask in enumerate(masks or []) if mask is not None}
    return params | named
