"""Pictures of networks show the trace's numbers, with signs that need no colour."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule
from chainrule import engine
from chainrule.errors import SpecError
from chainrule.explain.examples import mazur, xor
from chainrule.explain.notation.numbers import format_number
from chainrule.explain.trace import StepTrace
from chainrule.plots import NetworkDisplay, plot_network
from chainrule.plots.network.paint import steps_of_scale
from chainrule.plots.network.picture import label_place
from chainrule.spec import KINDS, TrainingSpec
from kinds import examples, network_with


def texts(display):
    return [text.get_text() for text in display.ax_.texts]


def inside(display, key):
    return [text.get_text() for text in display.texts_[key]]


def test_a_small_network_has_every_number_on_it():
    trace = mazur().trace()
    found = texts(plot_network(trace))
    numbers = [*trace.a[0][0], *trace.targets[0], trace.loss]
    for l in (1, 2):
        for array in (trace.W[l], trace.b[l], trace.z[l], trace.a[l]):
            numbers += np.ravel(array).tolist()
    for number in numbers:
        short = min(format_number(number, 4), format_number(number, "full"), key=len)
        assert short in found, number


def test_boxes_hold_their_own_unit():
    display = plot_network(mazur().trace())
    assert inside(display, (1, 1)) == ["b", "0.35", "z1[1]", "0.3925", "a1[1]", "0.5969"]
    assert inside(display, ("y", 1)) == ["y[1]", "0.99"]
    gradients = plot_network(mazur().trace(), view="gradients")
    found = ["∂L/∂b", "−0.03810", "σ′", "0.1755", "δ2[1]", "−0.03810"]
    assert inside(gradients, (2, 1)) == found


def test_negative_numbers_are_dashed_and_have_a_sign():
    trace = mazur().trace()
    display = plot_network(trace, view="gradients")
    dashed = {key for key, line in display.lines_.items() if line.get_linestyle() == "--"}
    negative = {((l - 1, i), (l, j)) for l in (1, 2) for j, i in np.argwhere(trace.dL_dW[l] < 0)}
    assert dashed == negative and len(dashed) == 2
    colours = {display.lines_[key].get_color() for key in dashed}
    others = set(display.lines_) - dashed
    assert colours.isdisjoint(display.lines_[key].get_color() for key in others)


def test_one_scale_of_widths_over_all_layers():
    """W1's gradients are 100 to 200 times smaller than W2's, and look it."""
    trace = mazur().trace()
    display = plot_network(trace, view="gradients")
    widths, values = [], []
    for l in (1, 2):
        for j, i in np.ndindex(trace.W[l].shape):
            widths.append(display.lines_[(l - 1, i), (l, j)].get_linewidth())
            values.append(abs(trace.dL_dW[l][j, i]))
    scale = max(widths) / max(values)
    np.testing.assert_allclose(widths, np.maximum(scale * np.array(values), min(widths)))
    assert min(widths) <= max(widths) / 10
    for handle in display.ax_.get_legend().legend_handles[:3]:
        named = float(handle.get_label())
        assert handle.get_linewidth() == pytest.approx(max(scale * named, min(widths)), rel=0.02)


@pytest.mark.parametrize(
    ("largest", "steps"), [(0.0827, [0.05, 0.02, 0.005]), (1.0, [1, 0.3, 0.1]), (37, [30, 10, 3])]
)
def test_the_legend_has_round_numbers(largest, steps):
    np.testing.assert_allclose(steps_of_scale(largest), steps)


def test_numbers_on_lines_are_equally_far_apart():
    for n, m in ((2, 2), (4, 3), (3, 5), (1, 1), (2, 8), (8, 1)):
        t = label_place(n, m)
        heights = sorted((1 - t) * i + t * j for i in range(n) for j in range(m))
        apart = np.diff(heights)
        assert (apart > 1 / (1 + min(n, m)) - 1e-9).all(), (n, m)


def test_the_title_says_row_step_and_member(classifier, table, network):
    assert plot_network(xor().trace(), row=3).ax_.get_title(loc="left").endswith(
        "row 3 of 4 rows, sum · step 0"
    )  # fmt: skip
    assert "step 200" in plot_network(*network).ax_.get_title(loc="left")
    title = plot_network(classifier, *table, member=1).ax_.get_title(loc="left")
    assert "a cold start" in title
    assert f"member 1 of {classifier.n_members_}" in title


@pytest.mark.parametrize("kind", KINDS)
def test_every_layer_kind_is_drawn(kind):
    """A layer says what it is: in a heading, over a funnel, or on a bridge."""
    for layer in examples(kind):
        spec = network_with(layer)
        X = np.abs(np.random.default_rng(0).normal(size=(3, 4))).round() % 2
        params = engine.initialize(spec, seed=1)
        trace = StepTrace(spec, params, X, np.zeros((3, 2)), TrainingSpec(), dropout_epoch=0)
        display = NetworkDisplay(trace=trace, max_units=40)
        picture = display.picture
        found = {line for _, _, text in picture.headings for line in text.split("\n")}
        found |= {part.text for part in (*picture.funnels, *picture.bridges)}
        for at in spec.walk:
            if at.layer.label() and kind != "columns":
                assert at.layer.label() in found or at.layer.kind in found, at.layer
        assert (kind == "residual") == bool(picture.bridges)
    display.plot().figure_.canvas.draw()


def test_dropout_shows_its_factors():
    net = chainrule.Network([2, 3, 1], dropout=0.5, random_state=0)
    trace = net.trace(np.ones((2, 2)), np.ones(2), dropout_epoch=0)
    display = plot_network(trace)
    for j, factor in enumerate(trace.masks[1][0]):
        assert inside(display, (1, j))[-2:] == ["dropout", f"×{factor:g}"]
    assert "dropout 0.5 (off)" in texts(plot_network(net, np.ones((2, 2)), np.ones(2)))


def test_many_lines_are_thinned_and_it_says_so():
    net = chainrule.Network([4, 12, 12, 2])
    display = plot_network(net, np.ones((2, 4)), np.ones((2, 2)))
    assert sum(key[0] == 1 for key, _ in display.lines_) == 40
    assert any("the 40 largest of 144 lines" in text for text in texts(display))


def test_given_axes_and_constructors(network):
    from matplotlib import pyplot

    net, X, y = network
    _, axes = pyplot.subplots(1, 2)
    assert plot_network(net, X, y, ax=axes[1]).ax_ is axes[1]
    assert NetworkDisplay.from_network(net, X, y, row=2, ax=axes[0]).row == 2


def test_a_display_is_drawn_again_in_another_style():
    from matplotlib import pyplot

    from chainrule.plots.display import DARK

    display = plot_network(mazur().trace())
    ax = pyplot.subplots()[1]
    again = display.plot(ax, title="mine", palette=DARK, line_kwargs={"alpha": 0.5},
                         text_kwargs={"fontsize": 5})  # fmt: skip
    assert again is display and display.ax_ is ax and ax.get_title(loc="left") == "mine"
    assert {line.get_alpha() for line in display.lines_.values()} == {0.5}
    assert {text.get_fontsize() for text in ax.texts} == {5}
    assert display.lines_[(0, 0), (1, 0)].get_color() == DARK.positive


def test_names_are_no_formulas(classifier, table):
    display = plot_network(classifier, *table, focus="a1[0]")
    display.figure_.canvas.draw()  # a "$" in a name must not start mathematics
    assert any("far $away$" in name for name in display.trace.names.layer_inputs)


def test_refusals(network):
    net, X, y = network
    with pytest.raises(SpecError, match="view must be"):
        plot_network(net, X, y, view="weights")
    with pytest.raises(SpecError, match="row 4 does not exist"):
        plot_network(net, X, y, row=4)
    with pytest.raises(SpecError, match="exclude each other"):
        plot_network(net, X, y, highlight="W1[0,0]", focus="a1[0]")
    with pytest.raises(SpecError, match="focus takes a unit"):
        plot_network(net, X, y, focus="W1[0,0]")
    with pytest.raises(SpecError, match="highlight takes a weight"):
        plot_network(net, X, y, highlight="a1[0]")
    with pytest.raises(TypeError, match="X and y are needed"):
        plot_network(net)
    with pytest.raises(TypeError, match="found list"):
        plot_network([], X, y)
    with pytest.raises(TypeError, match="leave out X"):
        plot_network(net.trace(X, y), X, y)
