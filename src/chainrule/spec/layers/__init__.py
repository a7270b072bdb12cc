"""The closed set of layer kinds: one file a kind, the same file name on every floor."""

from __future__ import annotations

from typing import Any

from chainrule.errors import SpecError
from chainrule.spec.layers.activation import Activation
from chainrule.spec.layers.activations import (
    ACTIVATION_ROWS,
    ACTIVATIONS,
    OUTPUT_ACTIVATIONS,
)
from chainrule.spec.layers.columns import Columns, Part
from chainrule.spec.layers.dense import Dense
from chainrule.spec.layers.dropout import Dropout
from chainrule.spec.layers.embedding import CategoryEmbedding
from chainrule.spec.layers.layer import Layer, Parameter, Start
from chainrule.spec.layers.layer_norm import LayerNorm
from chainrule.spec.layers.periodic import PeriodicEmbedding
from chainrule.spec.layers.residual import Residual
from chainrule.spec.layers.scale import Scale

KINDS: dict[str, type[Layer]] = {
    kind.kind: kind
    for kind in (
        Dense,
        Activation,
        Dropout,
        Scale,
        PeriodicEmbedding,
        CategoryEmbedding,
        Columns,
        LayerNorm,
        Residual,
    )
}


def layer_from_json(where: str, form: Any) -> Layer:
    """One layer from its JSON form, e.g. {"kind": "dense", "units": 8}.

    Parameters
    ----------
    where : str
        What messages call the layer, such as "layer 2".
    form : mapping
        With "kind" and the constants of that kind.

    Returns
    -------
    Layer

    Raises
    ------
    SpecError
        Naming the layer (`where` is "layer 2") and the entry that cannot be.
    """
    if not isinstance(form, dict):
        raise SpecError(f"{where} must be a description with a 'kind', found {form!r}.")
    kind = form.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise SpecError(f"{where} has kind {kind!r}; the kinds are {', '.join(KINDS)}.")
    return KINDS[kind].from_json(where, form, layer_from_json)


__all__ = [
    "ACTIVATIONS",
    "ACTIVATION_ROWS",
    "KINDS",
    "OUTPUT_ACTIVATIONS",
    "Activation",
    "CategoryEmbedding",
    "Columns",
    "Dense",
    "Dropout",
    "Layer",
    "LayerNorm",
    "Parameter",
    "Part",
    "PeriodicEmbedding",
    "Residual",
    "Scale",
    "Start",
    "layer_from_json",
]
