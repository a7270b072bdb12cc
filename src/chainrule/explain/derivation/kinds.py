"""The closed set of layer kinds as equations: a class a kind, of the name that it has in `spec`."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from chainrule import spec
from chainrule.explain.derivation.layer import Layer

KINDS: dict[str, type[Layer]] = {
    name: cast(
        type[Layer],
        getattr(import_module(f"chainrule.explain.derivation.{name}"), kind.__name__),
    )
    for name, kind in spec.KINDS.items()
}


def kind_of(at: spec.Placed) -> type[Layer]:
    """The equations of a layer's kind."""
    return KINDS[at.layer.kind]
