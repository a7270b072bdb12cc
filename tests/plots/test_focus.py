"""A wide network is seen around one unit, and what is left out stands in one number."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule
from chainrule.plots import plot_network
from chainrule.plots.network.focus import PARTNERS
from chainrule.spec import Dense, Residual


@pytest.fixture(scope="module")
def wide():
    random = np.random.default_rng(0)
    X, y = random.normal(size=(5, 3)), random.integers(0, 3, 5)
    net = chainrule.Network([3, 40, 30, 3], loss="cross_entropy", random_state=0, dropout=0.2)
    return net.trace(X, y, dropout_epoch=0)


def number(text):
    return float(text.replace("−", "-").replace("+", ""))


def inside(display, key):
    return [text.get_text() for text in display.texts_[key]]


def test_the_parts_shown_and_the_rest_add_up_to_z(wide):
    display = plot_network(wide, row=2, focus="a2[7]")
    parts = wide.W[2][7] * wide.a[1][2] * wide.masks[1][2]
    order = np.argsort(-np.abs(parts), kind="stable")
    shown = {key[0][1] for key in display.lines_ if key[1] == (2, 7) and key[0][0] == 1}
    assert shown == set(order[:PARTNERS])
    count, rest = inside(display, ("more", 1))
    assert count == f"{40 - PARTNERS} more"
    total = parts[order[:PARTNERS]].sum() + number(rest) + wide.b[2][7]
    assert total == pytest.approx(wide.z[2][2, 7], abs=0.01 * np.abs(parts).sum())
    assert inside(display, (2, 7))[2:4] == ["z2[7]", f"{wide.z[2][2, 7]:.4g}".replace("-", "−")]


def test_gradients_add_up_to_what_comes_back(wide):
    display = plot_network(wide, row=1, view="gradients", focus="delta1[4]")
    parts = wide.W[2][:, 4] * wide.delta[2][1] * wide.masks[1][1, 4]
    order = np.argsort(-np.abs(parts), kind="stable")
    _, rest = inside(display, ("more", 2))
    back = parts[order[:PARTNERS]].sum() + number(rest)
    assert back == pytest.approx(wide.dl_da(1)[1, 4], abs=1e-3)
    assert ("around", 1) not in display.texts_


def test_by_default_around_the_output_that_is_most_wrong(wide):
    display = plot_network(wide, row=3)
    j = int(np.abs(wide.delta[3][3]).argmax())
    assert (3, j) in display.texts_ and "y" in display.texts_
    assert len(display.lines_) <= 2 * PARTNERS + 2  # no hairball
    assert f"output {j}" in display.ax_.get_title(loc="left")


def test_a_weight_of_a_wide_network_shows_its_ways_only(wide):
    display = plot_network(wide, highlight="W1[3,0]")
    lines = set(display.lines_)
    assert lines == {((l - 1, i), (l, j)) for l, j, i in display.ways.links}
    n_more, rest = inside(display, ("more", 3))
    assert n_more == f"{30 * 3 - len(display.ways.shown)} more ways"
    assert number(rest) == pytest.approx(display.ways.others, rel=0.01)


def test_tables_use_the_names_of_columns(classifier, table):
    display = plot_network(classifier, *table, row=3, focus="a1[0]")
    names = {text for key in display.texts_ for text in inside(display, key)}
    assert names & set(classifier.input_names_)
    wrong = plot_network(classifier, *table, row=3)
    assert {"low", "mid", "high"} & {t for key in wrong.texts_ for t in inside(wrong, key)}


def test_deep_networks_show_both_ends():
    net = chainrule.Network([2, *[3] * 20, 1], activation="tanh", random_state=0)
    X, y = np.ones((2, 2)), np.ones(2)
    assert len(plot_network(net, X, y).texts_) <= PARTNERS + 3
    display = plot_network(net, X, y, highlight="W1[0,1]")
    assert inside(display, "between") == ["16 layers between"]
    layers = {key[0] for key in display.texts_ if key[0] in range(22)}
    assert layers == {0, 1, 2, 19, 20, 21}
    assert display.figure_.get_size_inches()[0] < 25


def test_a_bias_stands_in_its_unit(wide):
    display = plot_network(wide, highlight="b1[5]")
    assert inside(display, (1, 5))[0] == "b1[5]"


def test_what_goes_around_the_readers_has_its_own_number():
    block = Residual((Dense(4, "tanh"), Dense(3)))
    net = chainrule.Network([2, Dense(3, "tanh"), block, Dense(1)], random_state=0)
    trace = net.trace(np.array([[0.3, -0.7]]), np.ones(1))
    display = plot_network(trace, view="gradients", focus="a1[1]")
    parts = (trace.W[2][:, 1] * trace.delta[2][0]).sum()
    around = float(trace.W[4][0, 1] * trace.delta[4][0, 0])  # past the block, straight to layer 4
    assert parts + around == pytest.approx(trace.dl_da(1)[0, 1])
    assert inside(display, ("around", 1))[0] == "other ways"
    assert number(inside(display, ("around", 1))[1]) == pytest.approx(around, rel=0.01)
