"""Pictures of dependence: what is drawn is what was found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from chainrule.errors import SpecError
from chainrule.explain.dependence import Dependence
from chainrule.plots import plot_dependence

RNG = np.random.default_rng(0)


def made(kind: str = "ale", answers: int = 0, levels: bool = False) -> Dependence:
    shape = (4, *([answers] if answers else []))
    cells = ("a$b$", "c", "d", None) if levels else (1.0, 2.0, 4.0, 8.0)
    points = np.arange(4.0) if levels else np.array([1.0, 2.0, 4.0, 8.0])
    rows = RNG.normal(size=(70, *shape)) if kind == "ice" else None
    return Dependence(
        ("$x$",), kind, (cells,), (points,), (not levels,), RNG.normal(size=shape),
        np.full(shape, 0.1), RNG.normal(size=(3, *shape)), rows, np.arange(4), 70, "the prediction",
        tuple("abc"[:answers]),
    )  # fmt: skip


def test_a_line_its_band_and_the_networks() -> None:
    found = made()
    display = plot_dependence(found)
    line = display.lines_[0]
    np.testing.assert_array_equal(line.get_xdata(), found.points[0])
    np.testing.assert_array_equal(line.get_ydata(), found.values)
    band = display.ax_.collections[0].get_paths()[0].vertices[:, 1]
    assert band.max() == pytest.approx((found.values + 0.1645).max())
    thin = [line for line in display.ax_.lines if line.get_linewidth() == 0.6]
    assert len(thin) == 3 and display.ax_.get_xlabel() == "$x$"
    assert display.ax_.get_ylabel() == "the prediction, above its mean"


def test_levels_answers_rows_and_panels_on_one_scale() -> None:
    display = plot_dependence(made("pdp", answers=3, levels=True))
    assert [t.get_text() for t in display.ax_.get_xticklabels()] == ["a$b$", "c", "d", "missing"]
    assert [t.get_text() for t in display.ax_.get_legend().get_texts()] == ["a", "b", "c"]
    ice = plot_dependence(made("ice"))
    assert sum(line.get_linewidth() == 0.6 for line in ice.ax_.lines) == 35  # every second of 70
    several = plot_dependence([made(), made(levels=True), made(), made()])
    assert len({display.figure_ for display in several}) == 1
    assert len({display.ax_.get_ylim() for display in several}) == 1
    with pytest.raises(SpecError, match="one ax takes one curve, found 2"):
        plot_dependence([made(), made()], ax=ice.ax_)


def test_a_map_of_two_columns() -> None:
    one = made("pdp")
    values = RNG.normal(size=(4, 4))
    pair = replace(
        one, columns=("u", "v"), cells=one.cells * 2, points=one.points * 2,
        is_ordered=(True, True), values=values, errors=values, networks=values[None], counts=None,
    )  # fmt: skip
    display = plot_dependence(pair)
    np.testing.assert_array_equal(display.map_.get_array().reshape(4, 4), values.T)
    several = replace(pair, values=np.stack([values] * 2, -1), answer_names=("a", "b"))
    with pytest.raises(SpecError, match=r"dependence.of\('a'\)"):
        plot_dependence(several)
