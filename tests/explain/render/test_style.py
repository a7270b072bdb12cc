"""Colours can be read, in light and in dark, and every role has one."""

from __future__ import annotations

import pytest

from chainrule.explain.notation.roles import ROLES
from chainrule.explain.render.style import DARK, LIGHT, STYLE


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    linear = []
    for k in (1, 3, 5):
        c = int(colour[k : k + 2], 16) / 255
        linear.append(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_contrast_is_measured_as_it_should_be():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_colour_can_be_read(colours):
    for name, colour in colours.items():
        if name not in ("paper", "line"):  # a line says nothing
            assert contrast(colour, colours["paper"]) >= 4.5, name


def test_every_role_has_a_colour():
    assert LIGHT.keys() == DARK.keys()
    for role in ROLES:
        assert f".chainrule-explanation .{role} {{ color: var(--{role}); }}" in STYLE
    for name, colour in (*LIGHT.items(), *DARK.items()):
        assert f"--{name}: {colour};" in STYLE
