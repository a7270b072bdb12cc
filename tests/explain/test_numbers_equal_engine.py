"""The JSON form, multiplied and summed again one equation at a time, equals the engine's numbers.

The evaluator below knows the JSON form and arithmetic, and nothing else of the program.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.explain import explain
from chainrule.explain.trace import StepTrace
from chainrule.spec import OPTIMIZERS, TrainingSpec
from strategies import COMBINATIONS, random_problem

EPS = 2.2e-16

# What the engine does not keep: a row's loss has parts, a parametric slope has sigma'(z) in it, and
# a periodic embedding has angles.
DERIVED = ("output_loss", "sigma", "inner_slope", "angle", "dl_du")

APPLY = {
    "cos": math.cos,
    "sin": math.sin,
    "exp": math.exp,
    "expm1": math.expm1,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "abs": abs,
    "sign": lambda x: float(x > 0) - float(x < 0),
    "step": lambda x: float(x > 0),
    "positive": lambda x: max(x, 0.0),
    "logistic": lambda x: 0.5 * (1.0 + math.tanh(0.5 * x)),
    "softplus": lambda x: float(np.logaddexp(0.0, x)),
    "normal_cdf": lambda x: 0.5 * math.erfc(-x / math.sqrt(2.0)),
    "normal_density": lambda x: math.exp(-x * x / 2.0) / math.sqrt(2.0 * math.pi),
}


def evaluate(node):
    """(value, allowed error): n * 2.2e-16 * sum |terms| for a sum, one rounding for the rest."""
    if "quantity" in node or "number" in node:
        value = node.get("value", node.get("number"))
        derived = node.get("quantity") in DERIVED
        return value, 16 * EPS * max(abs(value), 1.0) if derived else 0.0
    if "negative" in node:
        value, error = evaluate(node["negative"])
        return -value, error
    if "sum" in node:
        assert "rest" not in node, "top=None shows every term"
        parts = [evaluate(term) for term in node["sum"]]
        size = math.fsum(abs(value) for value, _ in parts)
        return (
            math.fsum(value for value, _ in parts),
            len(parts) * EPS * size + math.fsum(error for _, error in parts),
        )
    if "product" in node:
        value, error = 1.0, 0.0
        for k, factor in enumerate(node["product"]):
            v, e = evaluate(factor)
            error = error * abs(v) + e * abs(value) + (EPS * abs(value * v) if k else 0.0)
            value *= v
        return value, error
    if "quotient" in node:
        (top, e_top), (bottom, e_bottom) = map(evaluate, node["quotient"])
        value = top / bottom
        return value, (e_top + abs(value) * e_bottom) / abs(bottom) + EPS * abs(value)
    if "power" in node:
        base, error = evaluate(node["power"])
        n = node["exponent"]
        value = base**n
        return value, n * abs(base) ** (n - 1) * error + EPS * abs(value)
    if "crossed" in node:
        return evaluate(node["crossed"])
    function = APPLY[node["apply"]]
    x, error = evaluate(node["argument"])
    value = function(x)
    spread = abs(function(x + error) - function(x - error)) if error else 0.0
    return value, spread + 4 * EPS * max(abs(value), 1.0)


def has_function(node):
    if isinstance(node, dict):
        return "apply" in node or any(has_function(part) for part in node.values())
    return isinstance(node, list) and any(has_function(part) for part in node)


def leaves(node):
    """Absolute values of all quantities and numbers of an expression."""
    if isinstance(node, dict):
        if "quantity" in node or "number" in node:
            yield abs(node.get("value", node.get("number")))
        else:
            for part in node.values():
                yield from leaves(part)
    elif isinstance(node, list):
        for part in node:
            yield from leaves(part)


def check_equation(equation, where):
    for form in equation["right"]:
        value, allowed = evaluate(form)
        difference = abs(value - equation["value"])
        factors = form.get("product", [])
        kept = [factor.get("quantity", DERIVED[0]) not in DERIVED for factor in factors]
        if len(factors) == 2 and all(kept):
            assert difference <= math.ulp(value), (where, equation["shown"])
        if has_function(form):  # the engine's own functions are right to a few roundings
            allowed += 16 * EPS * max([1.0, *leaves(form)])
        assert difference <= allowed, (where, equation["shown"], value, equation["value"], allowed)


def check_products(node, where):
    """Each product of quantities is stated within 1 ulp of the product of its factors."""
    if isinstance(node, dict):
        if "product" in node and "value" in node:
            values = [factor.get("value", factor.get("number")) for factor in node["product"]]
            product = math.prod(values)
            assert abs(product - node["value"]) <= (len(values) - 1) * math.ulp(product), where
        for part in node.values():
            check_products(part, where)
    elif isinstance(node, list):
        for part in node:
            check_products(part, where)


def equations(form):
    """Every equation of the full form, the update's apart."""
    told, update = [], []
    for block in form["blocks"]:
        found = [item["equation"] for item in block["items"] if "equation" in item]
        if block["level"] != "brief":
            (update if block["title"].startswith("update by ") else told).extend(found)
    return told, update


def check_form(form, where):
    told, update = equations(form)
    for equation in told:
        check_equation(equation, where)
    check_products(form, where)
    if form["rows"] is not None:
        assert form["rows"]["rest"] is None
        for part in form["rows"]["parts"]:
            assert part["share"] * part["part"] == pytest.approx(part["value"], rel=4e-16, abs=0)
    for equation in update:
        value, _ = evaluate(equation["right"][-1])
        terms = terms_of(equation["right"][-1])
        assert abs(value - equation["value"]) <= 1e-14 * terms, (where, equation["shown"])
    if form["paths"] is not None and form["paths"]["enumerated"]:
        paths = form["paths"]
        total = math.fsum(path["value"] for path in paths["shown"])
        assert len(paths["shown"]) == paths["n_paths"]
        size = math.fsum(abs(path["value"]) for path in paths["shown"])
        assert size == pytest.approx(paths["absolute_sum"], rel=1e-12)
        assert abs(total - paths["total"]) <= 1e-12 * size, where


def terms_of(node):
    """The sum of the absolute values of an expression's terms."""
    if "sum" in node:
        return math.fsum(terms_of(term) for term in node["sum"])
    return abs(evaluate(node)[0])


def traced(problem, training=None, state=None):
    return StepTrace(
        problem.spec, problem.params, problem.X, problem.y, training or problem.training,
        sample_weight=problem.sample_weight, dropout_epoch=problem.dropout_epoch, state=state,
    )  # fmt: skip


def some_quantities(spec, rng):
    l = int(rng.integers(1, spec.n_layers + 1))
    j = int(rng.integers(spec.layer_sizes[l]))
    i = int(rng.integers(spec.layer_sizes[l - 1]))
    found = [f"W{l}[{j},{i}]", f"b{l}[{j}]", f"delta{l}[{j}]", f"z{l}[{j}]", f"a{l}[{j}]", "loss"]
    for name, shape in spec.parameter_shapes.items():
        if name[0] not in "W" and name != f"b{l}" and (len(shape) == 2 or rng.random() < 0.3):
            at = ",".join(str(int(rng.integers(n))) for n in shape)
            found.append(f"{name}[{at}]")
    return found


def check_problem(seed):
    problem = random_problem(seed)
    rng = np.random.default_rng(seed)
    trace = traced(problem)
    for quantity in some_quantities(problem.spec, rng):
        row = int(rng.integers(trace.n_rows))
        explanation = explain(trace, quantity, row=row, top=None, check="none")
        check_form(explanation.to_json(), (seed, quantity, row))


def check_combinations(start, step):
    for seed in range(start, min(start + 37, len(COMBINATIONS)), step):
        check_problem(seed)


@pytest.mark.parametrize("start", range(0, len(COMBINATIONS), 37))
def test_activations_with_losses(start):
    check_combinations(start, 9)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, len(COMBINATIONS), 37))
def test_more_activations_with_losses(start):
    check_combinations(start, 3)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 2000, 100))
def test_many_networks(start):
    for seed in range(10_000 + start, 10_100 + start, 3):  # an explanation writes all its digits
        check_problem(seed)


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_every_optimizer(optimizer):
    for seed in range(6):
        problem = random_problem(1000 + seed)
        decayed = TrainingSpec(
            optimizer=optimizer,
            learning_rate=0.05,
            reduction=problem.training.reduction,
            l2=0.1,
            weight_decay=0.2 if seed % 2 else 0.0,
            clip_norm=0.01 if seed % 3 == 0 else None,
            seed=problem.training.seed,
            learning_rate_factors={"b": 0.5},
        )
        state = None
        for step in range(3):
            trace = traced(problem, decayed, state)
            rng = np.random.default_rng(seed)
            for quantity in some_quantities(problem.spec, rng)[:2]:
                form = explain(trace, quantity, top=None, check="none").to_json()
                assert equations(form)[1], quantity
                check_form(form, (optimizer, seed, step, quantity))
            state = trace.state_after
            problem = replace(problem, params=trace.params_after)


def test_the_left_sides_are_the_engines():
    problem = random_problem(3)
    trace = traced(problem)
    seen = engine.trace(
        problem.spec, problem.params, problem.X, problem.y, problem.training, **problem.options
    )
    rng = np.random.default_rng(0)
    for quantity in some_quantities(problem.spec, rng):
        form = explain(trace, quantity, row=0, top=None, check="none").to_json()
        for equation in equations(form)[0]:
            left = equation["left"]
            found = engine_value(seen, left)
            assert found is None or found == left["value"], equation["shown"]


def engine_value(seen, left):
    kind, l, j, r = (left.get(key) for key in ("quantity", "layer", "unit", "row"))
    if kind in ("z", "a", "delta", "parametric_slope"):
        return getattr(seen, kind.removeprefix("parametric_"))[l][r, j]
    if kind.startswith("dL_d"):
        family = {"w": "W"}.get(kind[4:], kind[4:])
        grad = seen.grads[f"{family}{l or ''}"]
        return grad[j, left["source"]] if "source" in left else grad[j]
    if kind == "h":  # what a scale reads
        below = seen.spec.a_places[0].index - 1
        return seen.layers[below].out[r, j]
    return {"loss": seen.loss, "penalty": seen.penalty}.get(kind)
