"""Forward: from the rows of X, layer after layer, to the prediction a(L)."""

from __future__ import annotations

from chainrule.reference.activations import activation
from chainrule.reference.arrays import Array, Params, PerLayer
from chainrule.reference.layers import blend_forward, dense_forward, dropout_forward
from chainrule.reference.stem import stem_forward
from chainrule.spec import NetworkSpec


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
        Indexed by l; a[l] is taken before dropout. a[0] is X, and z[0] None; where a stem makes
        a[0] of X, z[0] is X.
    """
    z: PerLayer = [X if spec.has_stem else None]
    a: PerLayer = [stem_forward(spec, params, X) if spec.has_stem else X]
    for l in range(1, spec.n_layers + 1):
        z_l, a_l = forward_layer(spec, params, l, a[l - 1], masks)
        z.append(z_l)
        a.append(a_l)
    return z, a


def forward_layer(
    spec: NetworkSpec, params: Params, l: int, a: Array, masks: PerLayer | None
) -> tuple[Array, Array]:
    """z(l) and a(l) from a(l-1)."""
    layer = spec.dense[l - 1]
    kept = dropout_forward(a, masks[l - 1] if masks else None)
    z = dense_forward(params[f"W{l}"], params[f"b{l}"], kept, layer.ntk)
    return z, activate(spec, params, l, z)


def activate(spec: NetworkSpec, params: Params, l: int, z: Array) -> Array:
    """a(l) from z(l)."""
    layer = spec.dense[l - 1]
    sigma = activation(layer.activation, z)
    return blend_forward(z, sigma, params[f"blend{l}"]) if layer.blend else sigma
