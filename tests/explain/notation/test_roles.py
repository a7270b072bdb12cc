"""Every parameter is a weight, every derivative a derivative, and settings have no part."""

from __future__ import annotations

import pytest

from chainrule import spec
from chainrule.explain.notation.roles import ROLES, role_of
from chainrule.explain.notation.symbols import SETTINGS
from chainrule.explain.notation.tree import Quantity
from kinds import examples, network_with


def families():
    for kind in spec.KINDS:
        for layer in examples(kind):
            for at in network_with(layer).walk:
                yield from (p.family.lower() for p in at.layer.parameters(at.n_in))


@pytest.mark.parametrize("family", sorted(set(families())))
def test_every_parameter_is_a_weight(family):
    assert role_of(Quantity(family, 1.0)) == role_of(Quantity(f"new_{family}", 1.0)) == "weight"
    assert role_of(Quantity(f"dL_d{family}", 1.0)) == "derivative"


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("a", "activation"), ("x", "activation"), ("delta", "derivative"), ("dl_da", "derivative"),
        ("gradient", "derivative"), ("slope", "slope"), ("z", ""), ("y", ""), ("loss", ""),
        ("squares_of_w", ""), ("first_moment", ""), ("new_velocity", ""),
    ],
)  # fmt: skip
def test_roles(kind, role):
    assert role_of(Quantity(kind, 1.0)) == role
    assert role in (*ROLES, "")


@pytest.mark.parametrize("kind", sorted(SETTINGS))
def test_settings_have_no_role(kind):
    assert role_of(Quantity(kind, 1.0)) == ""
