"""Colours that everybody can tell apart, on light and on dark; nothing heavy on import."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_rgb

from chainrule.plots.display import DARK, LIGHT, axes_for, palette_of, relative_luminance

# Machado, Oliveira & Fernandes (2009), severity 1, on linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def contrast(one, other):
    dark, light = sorted((relative_luminance(one), relative_luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    """CIE L*a*b* of linear RGB under D65."""
    matrix = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(matrix) @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen(colour, blindness):
    srgb = np.array(to_rgb(colour))
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return lab(np.array(BLINDNESS[blindness]) @ linear)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast(palette):
    assert contrast(palette.text, palette.background) >= 4.5
    marks = (palette.positive, palette.negative, palette.rising, palette.falling, palette.faint)
    for colour in (*marks, *palette.classes):
        assert contrast(colour, palette.background) >= 3.0, colour
    for background in ("white", "black"):
        if (palette is LIGHT) == (background == "white"):
            assert contrast(palette.positive, background) >= 3.0


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_signs_differ_for_every_eye(palette, blindness):
    for pair in ((palette.positive, palette.negative), (palette.rising, palette.falling)):
        one, other = (seen(colour, blindness) for colour in pair)
        assert np.linalg.norm(one - other) > 20, (pair, blindness)
    for pair in itertools.combinations(palette.classes[:4], 2):
        one, other = (seen(colour, "none") for colour in pair)
        assert np.linalg.norm(one - other) > 20, pair


def test_the_background_chooses():
    ax = axes_for(None, (2, 2))
    assert palette_of(ax) is LIGHT
    with pyplot.style.context("dark_background"):
        assert palette_of(axes_for(None, (2, 2))) is DARK
    assert axes_for(ax, (9, 9)) is ax


def test_importing_draws_nothing_in():
    code = "import sys, chainrule.plots; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_missing_matplotlib_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ModuleNotFoundError, match="pip install"):
        axes_for(None, (2, 2))
