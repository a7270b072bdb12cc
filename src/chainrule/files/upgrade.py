"""Descriptions of formats 1 and 2 in the words of format 3.

A dense layer held its activation then, and what stands before layer 1 was a list of its own parts:
an embedding of the first columns, one of the last ones, and a scale. Arrays had other names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.errors import ModelFileError
from chainrule.spec import (
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Layer,
    Part,
    PeriodicEmbedding,
)

# Family of a parameter -> what it was called.
_OLD_FAMILIES = {
    "frequency": "freq",
    "weight": "mix",
    "bias": "shift",
    "embedding": "levels",
    "activation_weight": "blend",
}
_NEW_FAMILIES = {old: new for new, old in _OLD_FAMILIES.items()}


def old_name(name: str) -> str:
    """What a parameter was called in formats 1 and 2: "blend2" of "activation_weight2"."""
    return _renamed(name, _OLD_FAMILIES)


def network_form(form: Any) -> Any:
    """The network's description in format 3; `ModelFileError` where its layers are malformed.

    What else is malformed is left for its reader to refuse.
    """
    try:
        layers = [dict(layer) for layer in form["layers"]]
        embeddings = {layer["kind"]: layer for layer in layers if layer["kind"] in _EMBEDDINGS}
        rest = [layer for layer in layers if layer["kind"] not in _EMBEDDINGS]
        before = [_columns(form["n_features"], embeddings)] if embeddings else []
        dense = [part for layer in rest for part in _dense(layer)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelFileError("'network' of the model's description is malformed.") from error
    return {**form, "layers": [*before, *dense]}


def training_form(form: Any) -> Any:
    """The training's description in format 3."""
    if not isinstance(form, Mapping):
        return form
    renamed = dict(form)
    for name in ("learning_rate_factors", "weight_decay_factors"):
        if isinstance(form.get(name), Mapping):
            renamed[name] = {_renamed(k, _NEW_FAMILIES): v for k, v in form[name].items()}
    return renamed


_EMBEDDINGS = ("periodic", "categories")


def _columns(n_features: int, embeddings: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The embeddings side by side, and the columns between them."""
    parts: list[Part] = []
    if first := embeddings.get("periodic"):
        layer: Layer = PeriodicEmbedding(first["frequencies"], first["outputs"])
        parts.append(Part(first["columns"], layer))
    last = embeddings.get("categories")
    coded = len(last["levels"]) if last else 0
    if between := n_features - sum(part.columns for part in parts) - coded:
        parts.append(Part(between))
    if last:
        parts.append(Part(coded, CategoryEmbedding(tuple(last["levels"]), last["units"])))
    return Columns(tuple(parts)).to_json()


def _dense(layer: dict[str, Any]) -> list[dict[str, Any]]:
    """A dense layer and the activation that it held; any other layer as it is."""
    if layer["kind"] != "dense":
        return [layer]
    function, parametric = layer["activation"], layer.get("blend", False)
    found: list[Layer] = [Dense(layer["units"], ntk=layer.get("ntk", False))]
    if function != "identity" or parametric:
        found.append(Activation(function, parametric))
    return [part.to_json() for part in found]


def _renamed(name: str, families: Mapping[str, str]) -> str:
    family = name.rstrip("0123456789")
    return families.get(family, family) + name[len(family) :]
