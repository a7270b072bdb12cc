"""Examples of every layer kind, for the tests that walk the closed set."""

from __future__ import annotations

from chainrule.spec import (
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    Layer,
    LayerNorm,
    Loss,
    NetworkSpec,
    Part,
    PeriodicEmbedding,
    Residual,
    Scale,
)

# kind -> layers of it that can stand over 4 inputs.
EXAMPLES: dict[str, tuple[Layer, ...]] = {
    "dense": (Dense(3), Dense(5, ntk=True)),
    "activation": (
        Activation("tanh"),
        Activation("gelu", parametric=True),
        Activation("identity", parametric=True),
    ),
    "dropout": (Dropout(0.5),),
    "scale": (Scale(),),
    "periodic": (PeriodicEmbedding(), PeriodicEmbedding(5, 2), PeriodicEmbedding(1, 1)),
    "embedding": (CategoryEmbedding((1, 1, 2, 5)), CategoryEmbedding((3, 1, 4, 1), units=2)),
    "columns": (
        Columns(((2, PeriodicEmbedding(3)), (2, CategoryEmbedding((4, 1), 2)))),
        Columns(((1, PeriodicEmbedding(5, 2)), (2, None), (1, CategoryEmbedding((3,), 4)))),
        Columns((Part(1), Part(1, CategoryEmbedding((1,), 1)), Part(2, PeriodicEmbedding(2, 1)))),
    ),
    "layer_norm": (LayerNorm(), LayerNorm(0.1)),
    "residual": (
        Residual((Dense(4),)),
        Residual((LayerNorm(), Dense(7, "gelu"), Dropout(0.5), Dense(4))),
        Residual(
            (Dense(5, Activation("tanh", True)), Residual((Dense(3, "silu"), Dense(5))), Dense(4))
        ),
    ),
}


def examples(kind: str) -> tuple[Layer, ...]:
    """Layers of this kind over 4 inputs."""
    assert kind in EXAMPLES, f"The layer kind '{kind}' has no example: write one in tests/kinds.py."
    return EXAMPLES[kind]


def network_with(layer: Layer) -> NetworkSpec:
    """A network of 4 features around the layer, which stands first where it reads features."""
    before = () if layer.reads_features else (Dense(4),)
    return NetworkSpec(4, (*before, layer, Dense(2)), Loss("squared_error"))
