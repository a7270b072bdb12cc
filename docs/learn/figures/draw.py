"""Draws the figures of the lessons from the engine's numbers.

`python docs/learn/figures/draw.py` writes them all. The same input gives the same bytes: nothing in
a file says when or where it was made.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

import chainrule
from chainrule.plots import (
    plot_decision_boundary,
    plot_gradients,
    plot_history,
    plot_network,
)
from chainrule.spec import CategoryEmbedding, Columns, Dense, PeriodicEmbedding, Scale

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
BLUE, ORANGE, GREEN, GREY = "#1f5fa8", "#c25700", "#1b7837", "#767676"
STYLE = {
    "svg.hashsalt": "chainrule",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "axes.spines.top": False,
    "axes.spines.right": False,
}
ROWS, WANTED = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
X, Y = np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])
W2 = [[0.40, 0.45], [0.50, 0.55]]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def mazur():
    net = chainrule.Network(
        [2, 2, 2], activation="sigmoid", output_activation="sigmoid", dtype="float64"
    )
    net.weights = [[[0.15, 0.20], [0.25, 0.30]], W2]
    net.biases = [[0.35, 0.35], [0.60, 0.60]]
    return net


def mazur_step():
    return mazur().trace(X, Y, optimizer="sgd", learning_rate=0.5, reduction="sum")


def xor():
    net = chainrule.Network(
        [2, 2, 1], activation="sigmoid", output_activation="sigmoid", dtype="float64"
    )
    net.weights = [
        [[0.3745401188473625, 0.7319939418114051], [0.9507143064099162, 0.5986584841970366]],
        [[0.15601864044243652, 0.15599452033620265]],
    ]
    net.biases = [[0.05808361216819946, 0.8661761457749352], [0.6011150117432088]]
    return net


def panels(n, width, height, **keywords):
    return plt.subplots(1, n, figsize=(width, height), layout="constrained", **keywords)


def neuron():
    """The sigmoid with the two hidden units on it."""
    step = mazur_step()
    figure, ax = panels(1, 6.4, 3.2)
    z = np.linspace(-4, 4, 121)
    ax.plot(z, sigmoid(z), color=BLUE)
    ax.axhline(0.5, color=GREY, linewidth=0.6, linestyle=":")
    ax.axvline(0, color=GREY, linewidth=0.6, linestyle=":")
    for j, (marker, place) in enumerate((("o", (1.3, 0.38)), ("s", (-3.6, 0.72)))):
        at = (step.z[1][0, j], step.a[1][0, j])
        ax.plot(*at, marker, color=ORANGE, zorder=3, markersize=5)
        ax.annotate(
            f"unit {j}: z = {at[0]:.4f}, a = {at[1]:.4f}", at, place, va="center",
            arrowprops={"arrowstyle": "-", "color": GREY, "relpos": (j, 0.5)},
        )  # fmt: skip
    ax.set_xlabel("z, what comes in")
    ax.set_ylabel("a = σ(z), what goes on")
    ax.set_title("One neuron: the sum z is bent into a", loc="left")
    return figure


def forward():
    return plot_network(mazur_step()).figure_


def loss():
    """The loss of an output by its answer, and the loss by one weight with its tangent."""
    step, net = mazur_step(), mazur()
    figure, (left, right) = panels(2, 9.0, 3.4)
    a, y = step.a[2][0, 0], Y[0, 0]
    answers = np.linspace(0, 1, 101)
    left.plot(answers, 0.5 * (answers - y) ** 2, color=BLUE)
    left.plot(a, 0.5 * (a - y) ** 2, "o", color=ORANGE, zorder=3)
    left.annotate(f"answer {a:.4f}\nloss {0.5 * (a - y) ** 2:.4f}", (a, 0.5 * (a - y) ** 2),
                  (0.3, 0.33), arrowprops={"arrowstyle": "-", "color": GREY})  # fmt: skip
    left.axvline(y, color=GREY, linewidth=0.6, linestyle=":")
    left.set_xlabel("answer of output 0 (dotted: the target)")
    left.set_ylabel("½ (a − y)²")
    left.set_title("The loss of one output", loc="left")

    def at(w):
        net.weights = [net.weights[0], [[w, 0.45], W2[1]]]
        return net.loss(X, Y, reduction="sum")

    weights = np.linspace(-3, 3, 121)
    right.plot(weights, [at(w) for w in weights], color=BLUE)
    slope, here = step.dL_dW[2][0, 0], step.loss
    ends = np.array([-1.2, 2.0])
    right.plot(ends, here + slope * (ends - 0.4), "--", color=ORANGE)
    right.plot(0.4, here, "o", color=ORANGE, zorder=3)
    run = np.array([0.4, 1.6])
    right.plot([*run, 1.6], [here, here, here + slope * 1.2], color=GREY, linewidth=0.9)
    right.text(1.0, here - 0.022, "run 1.2", ha="center", color=GREY)
    right.text(1.66, here + slope * 0.6, f"rise {slope * 1.2:.4f}", va="center", color=GREY)
    right.annotate(f"w = 0.4, slope {slope:.4f}", (0.4, here), (-2.9, 0.36),
                   arrowprops={"arrowstyle": "-", "color": GREY})  # fmt: skip
    right.set_xlabel("weight W2[0,0]")
    right.set_ylabel("loss L")
    right.set_title("The loss by one weight", loc="left")
    return figure


def chain():
    """Three curves, their tangents, and the product of the slopes."""
    step = mazur_step()
    w, a_in, b = 0.40, step.a[1][0, 0], 0.60
    other = 0.45 * step.a[1][0, 1]
    z, a, y = step.z[2][0, 0], step.a[2][0, 0], Y[0, 0]
    links = (
        ("w", "z", lambda v: v * a_in + other + b, w, a_in, 1.0, "what came in"),
        ("z", "a", sigmoid, z, a * (1 - a), 2.6, "slope of the sigmoid"),
        ("a", "L", lambda v: 0.5 * (v - y) ** 2, a, a - y, 0.35, "error"),
    )
    figure, axes = panels(3, 9.6, 3.3)
    for ax, (x_name, y_name, curve, at, slope, reach, what) in zip(axes, links, strict=True):
        x = np.linspace(at - reach, at + reach, 81)
        ax.plot(x, curve(x), color=BLUE)
        tangent = np.array([at - 0.6 * reach, at + 0.6 * reach])
        ax.plot(tangent, curve(at) + slope * (tangent - at), "--", color=ORANGE)
        ax.plot(at, curve(at), "o", color=ORANGE, zorder=3)
        ax.set_xlabel(f"{x_name} = {at:.4f}")
        ax.set_ylabel(f"{y_name} = {curve(at):.4f}")
        ax.set_title(f"∂{y_name}/∂{x_name} = {slope:.4f}\n{what}", loc="left")
    product = a_in * a * (1 - a) * (a - y)
    figure.supxlabel(
        f"∂L/∂w = {a - y:.4f} · {a * (1 - a):.4f} · {a_in:.4f} = {product:.6f}", fontsize="large"
    )
    return figure


def ways():
    return plot_network(mazur_step(), highlight="W1[0,0]").figure_


def update():
    """What one step of XOR does to the loss, by the learning rate."""
    net = xor()
    rates = np.linspace(0, 10, 101)[1:]
    steps = [
        net.trace(ROWS, WANTED, optimizer="sgd", learning_rate=rate, reduction="sum")
        for rate in rates
    ]
    start = steps[0].loss
    figure, ax = panels(1, 6.4, 3.4)
    ax.axhline(start, color=GREY, linewidth=0.8, linestyle=":")
    ax.plot(rates, [start + s.predicted_change for s in steps], "--", color=ORANGE,
            label="forecast: the tangent")  # fmt: skip
    ax.plot(rates, [start + s.real_change for s in steps], color=BLUE, label="what happens")
    best = int(np.argmin([s.real_change for s in steps]))
    low = start + steps[best].real_change
    ax.plot(rates[best], low, "o", color=BLUE)
    ax.annotate(f"lowest at a rate of {rates[best]:.1f}", (rates[best], low), (3.2, 0.40),
                arrowprops={"arrowstyle": "-", "color": GREY})  # fmt: skip
    ax.text(9.9, start + 0.012, "loss before the step", ha="right", color=GREY)
    ax.set_xlabel("learning rate η")
    ax.set_ylabel("loss after the step")
    ax.set_title("XOR, 4 rows, step 0: too long a step climbs again", loc="left")
    ax.legend(frameon=False, loc="lower left")
    return figure


def repeat():
    """The loss of XOR over 10,000 updates, and the answers at its end."""
    net = xor()
    history = net.fit(
        ROWS, WANTED, optimizer="sgd", learning_rate=0.1, epochs=10_000, batch_size=None,
        reduction="sum",
    )  # fmt: skip
    figure, (left, right) = panels(2, 9.6, 3.8, width_ratios=(1.25, 1))
    at = np.unique(np.r_[0:100:5, 100:10_000:50, 9_999])
    left.plot(at, np.array(history.loss)[at], color=BLUE)
    left.axhline(0.5, color=GREY, linewidth=0.8, linestyle=":")
    left.text(9_900, 0.507, "every answer is one half: 0.5", ha="right", color=GREY)
    left.annotate("plateau", (1_000, history.loss[1_000]), (300, 0.36),
                  arrowprops={"arrowstyle": "-", "color": GREY})  # fmt: skip
    left.set_xlabel("updates")
    left.set_ylabel("loss, sum over 4 rows")
    left.set_ylim(0, 0.6)
    left.set_title("Nothing, then all at once", loc="left")
    plot_decision_boundary(net, ROWS, WANTED, grid_resolution=60, ax=right)
    return figure


def trouble():
    """Gradients of nine sigmoid layers, and the loss with three learning rates."""
    random = np.random.default_rng(0)
    rows = random.normal(size=(200, 4))
    labels = (rows[:, 0] * rows[:, 1] > 0).astype(int)
    deep = chainrule.Network(
        [4, *[8] * 8, 1], activation="sigmoid", loss="binary_cross_entropy", random_state=0
    )
    figure, (left, right) = panels(2, 9.6, 4.2)
    plot_gradients(deep, rows, labels, ax=left).ax_.set_title(
        "Eight sigmoid layers, 200 rows, step 0", loc="left"
    )
    steps = np.arange(13)
    for rate, colour, style in ((0.5, GREEN, "-."), (1.5, BLUE, "-"), (2.1, ORANGE, "--")):
        right.plot(steps, (1 - rate) ** steps, style, color=colour, marker=".",
                   label=f"ηc = {rate}")  # fmt: skip
    right.axhline(0, color=GREY, linewidth=0.8, linestyle=":")
    right.set_xlabel("steps")
    right.set_ylabel("w, which should become 0")
    right.set_title("Steps on ½ c w²: shrink, swing, grow", loc="left")
    right.legend(frameon=False, loc="upper left")
    return figure


def inputs():
    """A number as a wave."""
    figure, ax = panels(1, 6.4, 3.2)
    x = np.linspace(-2, 4, 121)
    ax.plot(x, 2.0 * np.cos(2 * np.pi * 0.25 * x) + 0.5, color=BLUE)
    ax.plot(2 / 3, 1.5, "o", color=ORANGE, zorder=3)
    ax.annotate("x = 0.6667, h = 1.5000", (2 / 3, 1.5), (1.3, 2.1),
                arrowprops={"arrowstyle": "-", "color": GREY})  # fmt: skip
    ax.set_xlabel("x")
    ax.set_ylabel("h = w cos(2π f x + φ) + b")
    ax.set_title("A number enters as a wave", loc="left")
    return figure


def columns():
    parts = Columns(((1, PeriodicEmbedding(3, 2)), (1, None), (1, CategoryEmbedding((3,), 2))))
    net = chainrule.Network([3, parts, Scale(), Dense(2, "tanh"), Dense(1)], random_state=1)
    rows = np.array([[2 / 3, 0.4, 2.0], [0.1, -0.3, 1.0]])
    return plot_network(net, rows, np.array([1.0, 0.0])).figure_


def table():
    """The course of training on the penguins, and what the model answers."""
    rows = pd.read_csv(ROOT / "examples" / "penguins.csv")
    order = np.random.default_rng(0).permutation(len(rows))
    train = rows.iloc[order[100:]]
    features = train.drop(columns="species")
    model = chainrule.TabularClassifier(
        hidden_layer_sizes=(16,), preset="fast", epochs=40, random_state=0
    ).fit(features, train["species"])
    figure, (left, right) = panels(2, 10.6, 5.0)
    plot_decision_boundary(
        model, features, train["species"], features=("bill_length_mm", "bill_depth_mm"),
        grid_resolution=40, ax=right,
    )  # fmt: skip
    plot_history(model, ax=left)
    return figure


FIGURES = {
    "1-neuron": neuron,
    "1-forward": forward,
    "2-loss": loss,
    "3-chain": chain,
    "3-ways": ways,
    "4-update": update,
    "5-repeat": repeat,
    "6-trouble": trouble,
    "7-inputs": inputs,
    "7-columns": columns,
    "8-table": table,
}


def drawn(name):
    """A figure as the bytes of its file."""
    with matplotlib.rc_context({**matplotlib.rcParamsDefault, **STYLE, "backend": "agg"}):
        figure = FIGURES[name]()
        out = io.BytesIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        plt.close(figure)
    return out.getvalue()


if __name__ == "__main__":
    for name in sys.argv[1:] or FIGURES:
        (HERE / f"{name}.svg").write_bytes(drawn(name))
        print("wrote", f"{name}.svg")
