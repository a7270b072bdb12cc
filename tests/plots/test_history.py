"""The drawn curves are those of the history, and the kept epoch lies on the one that chose it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import chainrule
from chainrule.plots import HistoryDisplay, plot_history
from chainrule.spec import History


def test_an_estimator(classifier):
    display = plot_history(classifier)
    lines = display.lines_
    np.testing.assert_array_equal(lines["training"].get_ydata(), classifier.loss_curve_)
    np.testing.assert_array_equal(lines["validation"].get_ydata(), classifier.validation_curve_)
    assert list(lines["training"].get_xdata()) == list(range(8))
    best = classifier.best_epoch_
    assert list(lines["kept"].get_xdata()) == [best]
    chose = classifier.history_.validation_metric or classifier.validation_curve_
    assert list(lines["kept"].get_ydata()) == [chose[best]]
    assert lines["validation"].get_linestyle() == "--"  # told apart without colour, too
    assert f"epoch {best}" in lines["kept"].get_label()
    assert f"member 0 of {classifier.n_members_}" in display.ax_.get_title(loc="left")


def test_the_kept_epoch_lies_on_the_metric_that_chose_it(table):
    X, y = table
    model = chainrule.TabularClassifier(
        hidden_layer_sizes=4, epochs=6, metric="accuracy", random_state=0, preset="fast"
    ).fit(X, y)
    display = plot_history(model)
    history = model.history_
    metric, kept = display.lines_["metric"], display.lines_["kept"]
    assert list(metric.get_ydata()) == history.validation_metric
    assert list(kept.get_ydata()) == [min(history.validation_metric)]
    assert kept.axes is metric.axes is display.axes_[1]
    assert "accuracy" in display.axes_[1].get_title(loc="left")


def test_the_learning_rate_is_drawn_where_it_changes(classifier, network):
    rates = plot_history(classifier).lines_["learning_rate"].get_ydata()
    assert len(rates) == 8 and len(set(rates)) > 1
    display = plot_history(network[0])
    assert "learning_rate" not in display.lines_
    assert "learning rate 0.05" in display.ax_.get_title(loc="left")


def test_a_network_and_a_history(network):
    net, _, _ = network
    one, other = plot_history(net), plot_history(net.history)
    assert list(one.lines_["training"].get_ydata()) == list(other.lines_["training"].get_ydata())
    assert list(one.lines_) == ["training"]


def test_the_drop_in():
    random = np.random.default_rng(0)
    X = random.normal(size=(60, 2))
    model = chainrule.MLPClassifier(
        (4,), early_stopping=True, max_iter=5, random_state=0, n_iter_no_change=9
    ).fit(X, X[:, 0] > 0)
    lines = plot_history(model).lines_
    assert list(lines["training"].get_ydata()) == list(model.loss_curve_)
    assert list(lines["kept"].get_ydata()) == [max(model.validation_scores_)]


@pytest.mark.parametrize(
    ("loss", "log", "scale"),
    [
        ([1.0, 0.5], None, "linear"),
        ([1.0, 0.05], None, "log"),
        ([1.0, 0.05], False, "linear"),
        ([1.0, 0.5], True, "log"),
        ([0.0, 0.0], True, "linear"),
        ([-3.0, -4.0], None, "linear"),
    ],
)
def test_the_scale(loss, log, scale):
    assert HistoryDisplay(loss=loss).plot(log=log).ax_.get_yscale() == scale


@pytest.mark.parametrize("in_a_grid", [True, False])
def test_the_place_of_given_axes_is_divided(in_a_grid):
    from matplotlib import pyplot

    figure = pyplot.figure()
    ax = figure.add_subplot() if in_a_grid else figure.add_axes((0.1, 0.1, 0.8, 0.8))
    whole = ax.get_position()
    display = HistoryDisplay(loss=[3, 2, 1], metric=[3, 1, 2], learning_rate=[1, 2, 1])
    assert display.plot(ax).ax_ is ax and len(display.axes_) == 3
    boxes = [panel.get_position() for panel in display.axes_]
    assert boxes[0].y1 == pytest.approx(whole.y1) and boxes[-1].y0 == pytest.approx(whole.y0)
    assert all(above.y0 > below.y1 for above, below in itertools.pairwise(boxes))


def test_a_display_is_drawn_again_in_another_style():
    display = HistoryDisplay(loss=[3, 2, 1], best_epoch=2).plot()
    display.plot(title="mine", line_kwargs={"linewidth": 4})
    assert display.lines_["training"].get_linewidth() == 4
    assert display.ax_.get_title(loc="left") == "mine"


def test_refusals():
    with pytest.raises(ValueError, match="call fit first"):
        plot_history(chainrule.Network([2, 1]))
    with pytest.raises(TypeError, match="found int"):
        plot_history(3)
    assert plot_history(History([1.0, 0.5])).lines_
