"""Pictures of attributions: what is drawn is what was found."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from chainrule.errors import SpecError
from chainrule.explain.attribution import Attributions
from chainrule.plots import plot_attributions
from chainrule.plots.attributions import ranks, swarm

RNG = np.random.default_rng(0)


def made(n=40, columns=5, answers=0):
    shape = (n, columns, *([answers] if answers else []))
    values = RNG.normal(size=shape) * (1 + np.arange(columns)).reshape(1, -1, *[1] * bool(answers))
    base = np.zeros(answers) if answers else np.array(0.0)
    data = np.empty((n, columns), object)
    data[:] = RNG.normal(size=(n, columns))
    data[:, 1] = "red"
    return Attributions(
        tuple(f"$c_{k}$" for k in range(columns)), values, 0.1 * np.ones(shape), base,
        base + values.sum(axis=1), data, "the prediction",
        tuple("abc"[:answers]), "expected gradients", 8,
    )  # fmt: skip


def test_bars_are_mean_sizes_the_largest_on_top():
    found = made()
    display = plot_attributions(found, kind="bar")
    widths = [bar.get_width() for bar in display.bars_]
    np.testing.assert_allclose(widths, np.sort(np.abs(found.values).mean(axis=0))[::-1])
    tops = [bar.get_y() for bar in display.bars_]
    assert tops == sorted(tops, reverse=True)


def test_points_stand_at_the_values_of_their_rows():
    found = made()
    display = plot_attributions(found)
    for k, points in zip(found.order, display.points_, strict=True):
        np.testing.assert_array_equal(points.get_offsets()[:, 0], found.values[:, k])
    assert "the prediction" in display.ax_.get_xlabel()


def test_a_beeswarm_shows_one_answer_and_bars_several():
    several = made(answers=3)
    with pytest.raises(SpecError, match="of\\('a'\\)"):
        plot_attributions(several)
    assert len(plot_attributions(several, kind="bar").bars_) == 5
    assert len(plot_attributions(several.of("b")).points_) == 5
    with pytest.raises(SpecError, match="kind"):
        plot_attributions(several, kind="pie")


def test_many_columns_are_cut_and_counted():
    display = plot_attributions(made(columns=20))
    assert len(display.points_) == 12 and "8 columns add less" in display.ax_.get_title("left")


def test_shades_and_heights():
    cells = np.array([3.0, None, 1.0, 2.0, 3.0], object)
    np.testing.assert_allclose(ranks(cells), [1.0, np.nan, 0.0, 0.5, 1.0])
    assert np.isnan(ranks(np.array(["red", "blue"], object))).all()
    heights = swarm(np.zeros(9))
    assert len(set(heights)) == 9 and np.abs(heights).max() <= 0.35
