"""The short form is one screen, whatever the network, and says what it must."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.derivation.names import Names
from chainrule.explain.explain import explain
from chainrule.explain.trace import StepTrace
from chainrule.spec import (
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    LayerNorm,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Residual,
    Scale,
    TrainingSpec,
)
from strategies import COMBINATIONS, random_problem

SCREEN, WIDTH = 25, 80


def block(units):
    return Residual((Dense(units, "relu"), Dropout(0.1), Dense(units)))


def deep(n, activation):
    return (*(Dense(7, activation) for _ in range(n)), Dense(3, "softmax"))


NETWORKS = {
    "30 layers": deep(30, "tanh"),
    "100 layers": deep(100, "tanh"),
    "100 dead layers": deep(100, "relu"),
    "wide": (Dense(300, "relu"), Dense(200, "relu"), Dense(3, "softmax")),
    "many outputs": (Dense(5, "selu"), Dense(90, "softmax")),
    "residual": (Dense(6, "relu"), block(6), LayerNorm(), block(6), Dense(3, "softmax")),
    "layer norm": (Dense(9), LayerNorm(), Activation("gelu"), Dense(3, "softmax")),
    "parametric": (
        Scale(),
        Dense(20, Activation("selu", parametric=True), ntk=True),
        Dropout(0.2),
        Dense(20, Activation("tanh", parametric=True), ntk=True),
        Dense(3, "softmax", ntk=True),
    ),
    "embeddings": (
        Columns(((2, PeriodicEmbedding(6, 3)), (1, None), (1, CategoryEmbedding((3,), 4)))),
        Scale(),
        Dense(40, "selu", ntk=True),
        Dense(3, "softmax", ntk=True),
    ),
}
TRAINING = TrainingSpec(optimizer="adamw", weight_decay=0.1, l1=0.01, l2=0.02, clip_norm=0.1)


def traced(layers, n=12):
    spec = NetworkSpec(4, layers, Loss("cross_entropy"))
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=(n, 3)), rng.integers(0, 4, n)])
    names = Names(spec, ("bill_length_mm", "flipper_length_mm", "sex?", "island"))
    weights = rng.uniform(0.5, 2.0, n)
    return StepTrace(
        spec, engine.initialize(spec, seed=1), X, rng.integers(0, spec.n_outputs, n), TRAINING,
        names=names, sample_weight=weights, notes=["the loss is the network's own"],
        start="a cold start of adamw: zero moments, its first rate, no dropout",
        raw=[{"bill_length_mm": 39.5}] * n, row_ids=[f"{r}, line {r + 2}" for r in range(n)],
    )  # fmt: skip


def asked_of(spec):
    """One element of every family of parameters, and every other quantity once."""
    families = {}
    for name, shape in spec.parameter_shapes.items():
        families.setdefault(name.rstrip("0123456789"), f"{name}[{','.join('0' for _ in shape)}]")
    last = spec.n_layers
    others = [f"W{last}[0,0]", f"b{last}[0]", "delta1[0]", f"z{last}[0]", f"a{last}[0]", "loss"]
    return [*families.values(), *others]


@pytest.mark.parametrize("name", NETWORKS)
def test_one_screen(name):
    trace = traced(NETWORKS[name])
    for quantity in asked_of(trace.spec):
        found = explain(trace, quantity)
        lines = found.to_text().splitlines()
        assert len(lines) <= SCREEN - 2, quantity  # a command adds two
        assert max(map(len, lines)) <= WIDTH, quantity
        assert len(found.to_text(unicode=False).splitlines()) <= SCREEN - 2
        assert found.to_text().startswith(found.quantity)
        assert lines[-1].endswith("--full shows every equation")


def test_what_a_screen_says():
    text = explain(traced(NETWORKS["embeddings"]), "W1[0,2]").to_text()
    for said in (
        "gradient of the loss by the weight into unit 0 of layer 1",
        "mean over 12 rows; shown for row",
        "which adds most",
        "∂L/∂W1[0,2] = Σᵣ s·δ1[0]·a0[2]·1/√n/Σs + λ₂·W1[0,2] + λ₁·sign(W1[0,2])",
        "δ1[0] = Σₖ W2[k,0]·δ2[k]",
        "\nrows     ",
        "penalty l2",
        "\noutputs  ",
        "\nupdate   a cold start of adamw",
        "\nstep     changes the loss by",
        "\ncheck    ",
    ):
        assert said in text, said


def test_the_depth_is_one_line():
    text = explain(traced(NETWORKS["100 layers"]), "W1[0,0]").to_text()
    assert "sizes of the deltas: " in text and " in layer 101, " in text
    assert "every delta is 0 from layer" in explain(
        traced(NETWORKS["100 dead layers"]), "W1[0,0]"
    ).to_text()  # fmt: skip


def test_a_row_that_adds_nothing_is_told_first():
    trace = traced(NETWORKS["embeddings"])
    part = explain(trace, "embedding[1,0]").rows.parts
    silent = next(r for r in range(12) if r not in {p.row for p in part if p.value})
    lines = explain(trace, "embedding[1,0]", row=silent).to_text().splitlines()
    assert lines[0].startswith(f"row {silent} adds 0.00 % to embedding[1,0]; row ")
    assert lines[1].startswith("embedding[1,0] = ")


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, len(COMBINATIONS), 100))
def test_one_screen_for_random_networks(start):
    for seed in range(start, start + 100):
        problem = random_problem(seed)
        trace = StepTrace(
            problem.spec, problem.params, problem.X, problem.y, TRAINING,
            sample_weight=problem.sample_weight, dropout_epoch=problem.dropout_epoch,
        )  # fmt: skip
        for quantity in asked_of(problem.spec):
            lines = explain(trace, quantity, check="none").to_text().splitlines()
            assert len(lines) <= SCREEN - 2, (seed, quantity)
            assert max(map(len, lines)) <= WIDTH, (seed, quantity)
