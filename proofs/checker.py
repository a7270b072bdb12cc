"""Accepts or refuses a recorded step of backpropagation by the five equations of docs/proof.md.

    python proofs/checker.py FILE...      each the JSON of a step, as `StepTrace.to_json` gives it

It imports the standard library alone. Exit code 0: accepted; 1: refused, with the first number that
does not follow; 2: a step of a kind that is not defined here."""

import json
import math
import re
import sys
from functools import reduce
from pathlib import Path

OF_ROWS = re.compile("(z|a|slope|delta|mask)[0-9]+")
DIGITS = 1e-9  # of the sum of the sizes of the terms that a number is made of


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def phi(z):
    return 0.5 * math.erfc(-z / math.sqrt(2))


def softplus(z):
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


LAMBDA, ALPHA, ROOT = 1.0507009873554804934, 1.6732632423543772848, math.sqrt(2 * math.pi)
SIGMA = {  # sigma(z), sigma'(z); at a kink the slope from the left
    "identity": (lambda z: z, lambda z: 1.0),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "tanh": (math.tanh, lambda z: 4 * sigmoid(2 * z) * sigmoid(-2 * z)),
    "relu": (lambda z: max(z, 0.0), lambda z: float(z > 0)),
    "leaky_relu": (lambda z: z if z > 0 else 0.01 * z, lambda z: 1.0 if z > 0 else 0.01),
    "elu": (lambda z: z if z > 0 else math.expm1(z), lambda z: 1.0 if z > 0 else math.exp(z)),
    "selu": (lambda z: LAMBDA * (z if z > 0 else ALPHA * math.expm1(z)),
             lambda z: LAMBDA * (1.0 if z > 0 else ALPHA * math.exp(z))),
    "gelu": (lambda z: z * phi(z), lambda z: phi(z) + z * math.exp(-z * z / 2) / ROOT),
    "silu": (lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * sigmoid(-z))),
    "mish": (lambda z: z * math.tanh(softplus(z)), lambda z: math.tanh(softplus(z))
             + z * SIGMA["tanh"][1](softplus(z)) * sigmoid(z)),
    "softplus": (softplus, sigmoid),
    "exp": (math.exp, math.exp),
}  # fmt: skip


def loss_of(loss, z, a, y, function):
    """(l, delta(L)) of one row: the loss, and its derivative by z(L)."""
    name, r = loss["name"], [p - t for p, t in zip(a, y * len(a) if len(y) < len(a) else y)]
    sign = [(e > 0) - (e < 0) for e in r]
    if name == "cross_entropy":
        log_sum = max(z) + math.log(math.fsum(math.exp(v - max(z)) for v in z))
        value = math.fsum(t * (log_sum - v) for t, v in zip(y, z))
        return value, [p * math.fsum(y) - t for p, t in zip(a, y)]
    if name == "binary_cross_entropy":
        return math.fsum(t * softplus(-v) + (1 - t) * softplus(v) for t, v in zip(y, z)), r
    if name == "poisson":
        return math.fsum(math.exp(v) - t * v for t, v in zip(y, z)), r
    d, q = loss.get("huber_delta", 1.0), loss.get("quantiles", r)
    value, slope = {
        "squared_error": (lambda e, s, k: e * e / 2, lambda e, s, k: e),
        "absolute_error": (lambda e, s, k: abs(e), lambda e, s, k: s),
        "huber": (lambda e, s, k: e * e / 2 if abs(e) <= d else d * (abs(e) - d / 2),
                  lambda e, s, k: e if abs(e) <= d else d * s),
        "pinball": (lambda e, s, k: max(-k * e, (1 - k) * e),
                    lambda e, s, k: (s > 0) - k if s else 0.0),
    }[name]  # fmt: skip
    errors = list(zip(r, sign, q, strict=True))
    return math.fsum(value(*e) for e in errors), [
        slope(*e) * SIGMA[function][1](v) for e, v in zip(errors, z, strict=True)
    ]


def near(found, terms, what, digits=DIGITS, floor=0.0):
    """Refuse a number that is not the sum of these terms, to digits of at least `floor`."""
    expected, size = math.fsum(terms), max(floor, math.fsum(map(abs, terms)))
    if not abs(found - expected) <= digits * size + 1e-290:
        raise ValueError(f"{what} is {found!r}, but {expected!r} follows")


def layers_of(parts):
    """(function, whether ntk) of each dense layer."""
    found = []
    for part in parts:
        if part["kind"] == "dense":
            found.append(("identity", part.get("ntk", False)))
        elif part["kind"] == "activation" and found and not part.get("parametric"):
            found[-1] = (part["function"], found[-1][1])
        elif part["kind"] != "dropout":
            raise NotImplementedError(f"a {part['kind']} layer of this kind")
    return found


def check_row(layers, loss, arrays, row, digits):
    """Forward, loss and backward of one row: equations 1 to 3. Returns what each layer received."""
    at = {name: rows[row] for name, rows in arrays.items() if OF_ROWS.fullmatch(name)}
    factors, received, last = {}, {}, len(layers)
    for l, (function, ntk) in enumerate(layers, 1):
        z, a, width = at[f"z{l}"], at[f"a{l}"], len(at[f"a{l - 1}"])
        scale = 1 / math.sqrt(width) if ntk else 1.0
        factors[l] = [m * scale for m in at.get(f"mask{l - 1}", [1.0] * width)]
        x = received[l] = [v * f for v, f in zip(at[f"a{l - 1}"], factors[l], strict=True)]
        for j, w, b in zip(range(len(z)), arrays[f"W{l}"], arrays[f"b{l}"], strict=True):
            near(z[j], [b, *(p * q for p, q in zip(w, x, strict=True))], f"z{l}[{j}]", digits)
        powers = [math.exp(v - max(z)) for v in z] if function == "softmax" else []
        for j, (found, v) in enumerate(zip(a, z, strict=True)):
            value = powers[j] / math.fsum(powers) if powers else SIGMA[function][0](v)
            near(found, [value], f"a{l}[{j}]", digits, 1e-6)
            if not powers:
                near(at[f"slope{l}"][j], [SIGMA[function][1](v)], f"slope{l}[{j}]", digits, 1e-6)
    value, delta = loss_of(loss, z, a, arrays["targets"][row], layers[-1][0])
    near(arrays["losses"][row], [value], f"the loss of row {row}", digits, 1e-6)
    for j, (found, d) in enumerate(zip(at[f"delta{last}"], delta, strict=True)):
        near(found, [d], f"delta{last}[{j}]", digits, 1e-6)
    for l in range(last - 1, 0, -1):
        after, W = at[f"delta{l + 1}"], arrays[f"W{l + 1}"]
        for i, (found, slope) in enumerate(zip(at[f"delta{l}"], at[f"slope{l}"], strict=True)):
            back = [w[i] * d * factors[l + 1][i] * slope for w, d in zip(W, after, strict=True)]
            near(found, back, f"delta{l}[{i}] of row {row}", digits)
    return received


def entry(arrays, name, place):
    """By prefix ("dL_d", "update_", "velocity."), the number that belongs to one parameter."""
    return lambda prefix: reduce(lambda value, k: value[k], place, arrays[f"{prefix}{name}"])


def changes(training, name, of, g, t):
    """The terms that the optimizer adds to a parameter of gradient g in step t: equation 5."""
    c, family = training["constants"], name.rstrip("0123456789")
    rates, decays = training["learning_rate_factors"], training["weight_decay_factors"]
    eta = training["learning_rate"] * rates.get(name, rates.get(family, 1.0))
    decay = training["weight_decay"] * decays.get(name, decays.get(family, float(family == "W")))
    match training["optimizer"]:
        case "sgd":
            change = [-eta * g]
        case "momentum":
            change = [c["momentum"] * of("velocity."), -eta * g]
        case "nesterov":
            change = [c["momentum"] ** 2 * of("velocity."), -eta * g * (1 + c["momentum"])]
        case "adam" | "adamw" if not training.get("epsilon_hat"):
            first = c["beta1"] * of("first_moment.") + (1 - c["beta1"]) * g
            second = c["beta2"] * of("second_moment.") + (1 - c["beta2"]) * g * g
            root = math.sqrt(second / (1 - c["beta2"] ** t)) + c["epsilon"]
            change = [-eta * first / (1 - c["beta1"] ** t) / root]
        case other:
            raise NotImplementedError(f"the optimizer {other}")
    return [-eta * decay * of(""), *change]


def check_step(form):
    """The whole of a recorded step: its rows, its gradients (equation 4) and its update."""
    header, training, arrays = form["header"], form["training"], form["arrays"]
    layers, loss = layers_of(header["network"]["layers"]), header["network"]["loss"]
    digits = DIGITS if header["dtype"] == "float64" else 1e-4
    n, shares, l1, l2 = header["n_rows"], arrays["shares"], training["l1"], training["l2"]
    scheduled = training["schedule"]["name"] != "constant" or "weight_decay_schedule" in training
    if scheduled or training.get("penalty_per_batch"):
        raise NotImplementedError("a schedule, or a penalty per batch")
    for share in [] if header["weighted_rows"] else shares:
        near(share, [1 / n if training["reduction"] == "mean" else 1.0], "a row's share")
    received = [check_row(layers, loss, arrays, row, digits) for row in range(n)]
    total, grads = [s * v for s, v in zip(shares, arrays["losses"], strict=True)], {}
    for l in range(1, len(layers) + 1):
        for j, weights in enumerate(arrays[f"W{l}"]):
            deltas = [s * d[j] for s, d in zip(shares, arrays[f"delta{l}"], strict=True)]
            grads[f"b{l}", j] = deltas
            for i, w in enumerate(weights):
                grads[f"W{l}", j, i] = [d * into[l][i] for d, into in zip(deltas, received)]
                grads[f"W{l}", j, i] += [l1 * ((w > 0) - (w < 0)), l2 * w]
                total += [l1 * abs(w), l2 * w * w / 2]
    near(header["loss"], total, "the total loss", digits)
    norm = math.hypot(*map(math.fsum, grads.values()))
    clip = min(1.0, (training["clip_norm"] or math.inf) / norm) if norm else 1.0
    for (name, *place), terms in grads.items():
        of = entry(arrays, name, place)
        near(of("dL_d"), terms, f"dL/d{name}{place}", digits)
        change = changes(training, name, of, of("dL_d") * clip, header["step"] + 1)
        near(of("update_"), change, f"the update of {name}{place}", digits, abs(of("")) * 1e-6)


def main(paths, check=lambda text: check_step(json.loads(text))):
    for path in paths:
        try:
            check(Path(path).read_text("utf-8"))
            print(f"{path}: accepted")
        except NotImplementedError as error:
            print(f"{path}: not known here: {error}")
            return 2
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            print(f"{path}: refused: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
