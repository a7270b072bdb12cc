"""The exercises of the eight lessons; every answer is computed here or by the engine.

Each function takes a seed, which draws other numbers, or None for those of the page.
"""

from __future__ import annotations

import math

import numpy as np

from chainrule import engine
from chainrule.explain.examples import Example, mazur, xor
from chainrule.explain.lessons.lesson import choice, derived, formula
from chainrule.explain.quiz import Question


def _numbers(example: Example, seed: int | None) -> Example:
    return example if seed is None else example.drawn(seed)


def _draw(seed: int | None, own: float, low: int, high: int, unit: float = 1.0) -> float:
    """The page's own number, or another one between low and high, in units."""
    if seed is None:
        return own
    return round(int(np.random.RandomState(seed).randint(low, high + 1)) * unit, 10)


def forward(seed: int | None = None) -> list[Question]:
    trace = _numbers(mazur(), seed).trace()
    n_in, n_hidden = int(_draw(seed, 3, 2, 9)), 4
    n = n_in * n_hidden + n_hidden + n_hidden * 2 + 2
    return [
        *derived(
            trace,
            ("z1[1]", "z1[1]", "What does hidden unit 1 add up?"),
            ("a1[1]", "a1[1]", "What does it send on?"),
            ("z2[1]", "z2[1]", "What does output 1 add up?"),
            ("a2[1]", "a2[1]", "What does the network answer at output 1?"),
        ),
        formula(
            "How many weights and biases has a network of these layers, each unit with a bias?",
            "count", "n_in · n_hidden + n_hidden + n_hidden · n_out + n_out",
            {"n_in": n_in, "n_hidden": n_hidden, "n_out": 2}, lambda i, h, o: i * h + h + h * o + o,
            [("no biases", n - n_hidden - 2, "every unit has a bias, too."),
             ("units only", n_in + n_hidden + 2, "that counts units; a weight is a line.")],
        ),
        choice(
            "All weights are 0, the biases are not. What do the answers depend on?",
            "biases", "inputs", "both",
            why="every product with a weight is 0, so that z = b in every unit.",
        ),
    ]  # fmt: skip


def loss(seed: int | None = None) -> list[Question]:
    example = _numbers(xor(), seed)
    trace = example.trace()
    a, y = float(trace.a[2][2, 0]), 1.0
    w, h = float(example.params["W2"][0, 0]), 0.01
    low, high = (_loss_at(example, w + sign * h) for sign in (-1, 1))
    part = _draw(seed, 0.5, 1, 18, 0.02)
    slope = (high - low) / (2 * h)
    return [
        formula(
            "Row 2 of XOR should give 1. What is its loss?",
            "ℓ[2]", "½ · (a − y)²", {"a": a, "y": y}, lambda a, y: 0.5 * (a - y) ** 2,
            [("missing half", (a - y) ** 2, "the half is missing."),
             ("not squared", abs(a - y) / 2, "the error is squared.")],
        ),
        formula(
            "The losses of the four rows are added.",
            "L", "ℓ[0] + ℓ[1] + ℓ[2] + ℓ[3]",
            {f"ℓ[{r}]": float(trace.losses[r]) for r in range(4)}, lambda *parts: sum(parts),
            [("mean", trace.loss / 4, "that is the mean; here the rows are added.")],
        ),
        formula(
            "How far is an answer from its target if its loss is this?",
            "distance", "√(2 · ℓ)", {"ℓ": part}, lambda part: math.sqrt(2 * part),
            [("missing half", math.sqrt(part), "the loss is half of the square.")],
        ),
        formula(
            f"The loss is L(−) at w = {w - h:.4f} and L(+) at w = {w + h:.4f}. How steep is it?",
            "slope", "(L(+) − L(−)) / (2 · h)", {"L(+)": _six(high), "L(−)": _six(low), "h": h},
            lambda up, down, h: (up - down) / (2 * h),
            [("wrong sign", -(_six(high) - _six(low)) / (2 * h), "right minus left."),
             ("one side", (_six(high) - _six(low)) / h, "the two points lie 2h apart.")],
        ),
        choice(
            "Which way must this weight go for the loss to fall?",
            "down" if slope > 0 else "up", "up" if slope > 0 else "down",
            why="the loss falls against its slope.",
        ),
    ]  # fmt: skip


def _six(value: float) -> float:
    return round(value, 6)


def _loss_at(example: Example, w: float) -> float:
    params = {**example.params, "W2": example.params["W2"].copy()}
    params["W2"][0, 0] = w
    return float(engine.loss(example.spec, params, example.X, example.y, example.training))


def backward(seed: int | None = None) -> list[Question]:
    trace = _numbers(mazur(), seed).trace()
    a, y = float(trace.a[2][0, 1]), float(trace.y[0, 1])
    return [
        formula(
            "Three factors for W2[1,0]. The first: how much does L move with the answer?",
            "error", "a − y", {"a": a, "y": y}, lambda a, y: a - y,
            [("wrong sign", y - a, "the answer minus the target.")],
        ),
        *derived(
            trace,
            ("W2[1,0]", "σ′(z2[1])", "The second: how much does the answer move with z?"),
            ("W2[1,0]", "δ2[1]", "The two together are the delta of output 1."),
            ("W2[1,0]", "∂L/∂W2[1,0]", "The third is what came in: the gradient of W2[1,0]."),
            ("W1[1,1]", "δ1[1]", "Hidden unit 1 collects the blame of both outputs."),
            ("W1[1,1]", "∂L/∂W1[1,1]", "And the gradient of W1[1,1] is ..."),
        ),
        choice(
            "If the answer of output 0 equalled its target, what would δ2[0] be?",
            "0", "1", "y", why="δ is the error times the slope, and the error is 0.",
        ),
    ]  # fmt: skip


def update(seed: int | None = None) -> list[Question]:
    trace = _numbers(mazur(), seed).trace()
    g, eta = float(trace.dL_dW[2][0, 1]), trace.training.learning_rate
    return [
        *derived(
            trace,
            ("W2[1,0]", "W2[1,0]′", "One step for a weight with a gradient below 0."
             if trace.dL_dW[2][1, 0] < 0 else "One step for W2[1,0]."),
            ("W1[0,1]", "W1[0,1]′", "One step for a weight of layer 1."),
            ("b2[0]", "b2[0]′", "One step for a bias."),
        ),
        formula(
            "How much should the step of W2[0,1] alone change the loss, were it a straight line?",
            "change", "g · (−η · g)", {"g": g, "η": eta}, lambda g, eta: -eta * g * g,
            [("wrong sign", eta * g * g, "a step against the gradient lowers the loss."),
             ("step only", -eta * g, "that is the step; times the gradient once more.")],
        ),
        choice(
            "A hidden delta uses W2. Which W2?",
            "before the step", "after the step",
            why="all gradients belong to the weights that made the answer.",
        ),
    ]  # fmt: skip


def repeat(seed: int | None = None) -> list[Question]:
    rows, batch = int(_draw(seed, 100, 81, 200)), 32
    steps = math.ceil(rows / batch)
    return [
        formula(
            "Into how many steps does an epoch fall?",
            "steps", "⌈rows / batch⌉", {"rows": rows, "batch": batch},
            lambda rows, batch: math.ceil(rows / batch),
            [("rounded down", rows // batch, "the short last batch counts, too.")],
        ),
        formula(
            "How many rows has its last batch?",
            "last", "rows − (steps − 1) · batch", {"rows": rows, "steps": steps, "batch": batch},
            lambda rows, steps, batch: rows - (steps - 1) * batch,
        ),
        formula(
            "All four answers of XOR are one half. What is the loss?",
            "L", "4 · ½ · (a − y)²", {"a": 0.5, "y": 1.0}, lambda a, y: 4 * 0.5 * (a - y) ** 2,
            [("one row", 0.125, "there are four rows.")],
        ),
        formula(
            "What is the delta of the output there, in a row that should give 1?",
            "δ", "(a − y) · a · (1 − a)", {"a": 0.5, "y": 1.0},
            lambda a, y: (a - y) * a * (1 - a),
            [("wrong sign", 0.125, "the answer is too low."),
             ("missing slope", -0.5, "the slope σ′ is missing.")],
        ),
        choice(
            "All weights start at 0. Why do two hidden units never differ?",
            "same gradient", "no gradient", "too small a rate",
            why="the same weights in and out give the same delta in every step.",
        ),
    ]  # fmt: skip


def trouble(seed: int | None = None) -> list[Question]:
    n = int(_draw(seed, 8, 4, 12))
    z = _draw(seed, 6.0, 4, 9)
    a = 1 / (1 + math.exp(-z))
    rate = _draw(seed, 0.3, 21, 35, 0.1)
    return [
        formula(
            "The slope of a sigmoid is at most ¼. How much is left of a delta behind this many "
            "layers, with weights of 1, at best?",
            "share", "0.25^n", {"n": n}, lambda n: 0.25**n,
            [("added", 0.25 * n, "slopes multiply along a way.")],
        ),
        formula(
            "A sigmoid unit has this z. What is its slope?",
            "σ′", "σ(z) · (1 − σ(z))", {"z": z}, _sigmoid_slope,
            [("not the slope", a, "that is the activation itself, not its slope.")],
        ),
        formula(
            "The loss is ½ c w², and c = 1. A step takes w to w (1 − η c). What is w after two "
            "steps from w = 1?",
            "w", "(1 − η) · (1 − η)", {"η": rate}, lambda rate: (1 - rate) ** 2,
            [("one step", 1 - rate, "that is one step.")],
        ),
        choice(
            "The z of a relu unit is below 0 in every row. What is its gradient?",
            "0", "small", "negative", why="its slope is 0 in every row: the unit is dead.",
        ),
        choice(
            "The training loss falls and the validation loss rises. What is it?",
            "overfitting", "a rate too high", "vanishing gradients",
            why="the network learns its own rows by heart.",
        ),
    ]  # fmt: skip


def inputs(seed: int | None = None) -> list[Question]:
    x = _draw(seed, 0.4, 1, 9, 0.1)
    f, phi, w, b, scale, back = 0.25, 0.0, 2.0, 0.5, 3.0, 0.8
    u = 2 * math.pi * f * x + phi
    h = w * math.cos(u) + b
    return [
        formula("A number enters as a cosine. Its angle is ...",
                "u", "2 · 3.14159 · f · x + φ", {"f": f, "x": x, "φ": phi},
                lambda f, x, phi: 2 * math.pi * f * x + phi,
                [("missing 2π", f * x + phi, "a frequency of 1 is a whole turn, 2π.")]),
        formula("and what comes out is ...",
                "h", "w · cos(u) + b", {"w": w, "u": u, "b": b},
                lambda w, u, b: w * math.cos(u) + b,
                [("missing bias", h - b, "the bias is missing."),
                 ("degrees", w * math.cos(math.radians(u)) + b, "the angle is in radians.")]),
        formula("A factor γ stands behind it. What is its gradient, if this comes back?",
                "∂L/∂γ", "d · h", {"d": back, "h": h}, lambda d, h: d * h),
        formula("And the weight's, one link further?",
                "∂L/∂w", "d · γ · cos(u)", {"d": back, "γ": scale, "u": u},
                lambda d, scale, u: d * scale * math.cos(u),
                [("missing factor", back * math.cos(u), "the way leads through γ.")]),
        choice("A category's level occurs in no row of the batch. What is its vector's gradient?",
               "0", "the mean", "1", why="only rows that look a vector up change it."),
    ]  # fmt: skip


def table(seed: int | None = None) -> list[Question]:
    mean, sd = 43.9, 5.46
    x = _draw(seed, 50.0, 380, 580, 0.1)
    p = _draw(seed, 0.8, 55, 95, 0.01)
    most, rows = 152, 344
    return [
        formula("A column has this mean and standard deviation. What does the network see of x?",
                "input", "(x − mean) / sd", {"x": x, "mean": mean, "sd": sd},
                lambda x, mean, sd: (x - mean) / sd,
                [("not centred", x / sd, "take the mean off first.")]),
        formula("The true class got this probability. What is the loss of the row?",
                "ℓ", "−ln(p)", {"p": p}, lambda p: -math.log(p),
                [("wrong sign", math.log(p), "a loss is not negative."),
                 ("base 10", -math.log10(p), "the natural logarithm.")]),
        formula("The most frequent class has 152 of 344 rows. How often is its name right?",
                "share", "most / rows", {"most": most, "rows": rows},
                lambda most, rows: most / rows),
        formula("The true class is one of three. What is δ of its output at this probability?",
                "δ", "p − 1", {"p": p}, lambda p: p - 1,
                [("wrong sign", 1 - p, "the answer minus the target, which is 1.")]),
        choice("Which rows say whether the network learned or only remembered?",
               "held-out rows", "training rows", "all rows",
               why="it has not seen them, and cannot have them by heart."),
    ]  # fmt: skip


def _sigmoid_slope(z: float) -> float:
    a = 1 / (1 + math.exp(-z))
    return a * (1 - a)
