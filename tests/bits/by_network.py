"""Cases by what a network may hold: activations, losses, stems, widths and shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bits.networks import LATER, dense, network, training
from bits.problems import DEFAULT, Named, Problem
from chainrule.spec import ACTIVATIONS, INITIALIZATIONS, LOSSES

STEMS: dict[str, dict[str, Any]] = {
    "periodic": {"periodic": (3, 5, 3)},
    "categories": {"categories": ((4, 9), 5)},
    "scale": {"scale": True},
    "all": {"periodic": (3, 16, 3), "categories": ((4, 9), 8), "scale": True},
}


def layers(activation: str = "tanh", **options: Any) -> list[list[Any]]:
    """Two hidden layers, the first beyond the step of small networks."""
    return [dense(37, activation, **options), dense(9, activation, **options)]


def activations() -> Named:
    for name in ACTIVATIONS:
        yield f"hidden-{name}", Problem(network(6, layers(name)), DEFAULT)
        small = network(6, [dense(8, name)], output=name)
        yield f"output-{name}", Problem(small, DEFAULT, weighted=True)
        blended = [dense(33, name, blend=True, dropout=0.25), dense(7, name, blend=True)]
        yield f"blend-{name}", Problem(network(6, blended), DEFAULT)


def losses() -> Named:
    for name in LOSSES:
        for outputs in (2 if name == "cross_entropy" else 1, 5):
            net = network(4, layers("silu"), outputs, name)
            yield f"{name}-{outputs}", Problem(net, DEFAULT)
            yield f"{name}-{outputs}-weighted", Problem(net, DEFAULT, weighted=True)
        if "entropy" in name:
            yield f"{name}-soft", Problem(net, DEFAULT, soft=True, weighted=True)


def dropout() -> Named:
    yield "hidden", Problem(network(5, layers(dropout=0.3)), DEFAULT)
    yield "small", Problem(network(5, [dense(8, "relu", dropout=0.5)]), DEFAULT)
    yield "input", Problem(network(5, layers(), input_dropout=0.2), DEFAULT)
    yield "both", Problem(network(5, layers("mish", dropout=0.3), input_dropout=0.2), DEFAULT)
    yield "one-layer", Problem(network(20, input_dropout=0.2), DEFAULT)


def stems() -> Named:
    for name, stem in STEMS.items():
        plain = network(6, layers(), 3, **stem)
        yield f"{name}", Problem(plain, DEFAULT)
        yield f"{name}-weighted", Problem(plain, DEFAULT, weighted=True)
        yield f"{name}-one-layer", Problem(network(6, **stem), DEFAULT, weighted=True)
        hidden = [dense(40, "selu", ntk=True, blend=True, dropout=0.15) for _ in range(3)]
        whole = network(6, hidden, 3, "cross_entropy", ntk=True, **stem)
        yield f"{name}-dropout", Problem(whole, DEFAULT, weighted=True, init="data_driven")
        yield f"{name}-rows", Problem(whole, training(batch_size=None), n=300, weighted=True)
    every = network(3, layers(), periodic=(1, 1, 1), categories=((1, 1), 1), scale=True)
    yield "smallest", Problem(every, DEFAULT)
    wide = network(20, layers(), periodic=(17, 33, 16), categories=((100, 2, 31), 17), scale=True)
    yield "widest", Problem(wide, DEFAULT)


def later() -> Named:
    """Kinds that came after the corpus began."""
    for name, hidden in LATER.items():
        plain = network(6, hidden, 3, "cross_entropy")
        yield name, Problem(plain, DEFAULT, weighted=True)
        clipped = training(clip_norm=0.05, batch_size=None)
        yield f"{name}-clipped", Problem(plain, clipped, n=300, init="data_driven")


def narrow() -> Named:
    for outputs in (1, 2, 3, 4):
        yield f"output-{outputs}", Problem(network(5, [dense(65, "gelu")], outputs), DEFAULT)
        waist = [dense(70, "tanh"), dense(outputs, "silu", blend=True), dense(40, "relu")]
        yield f"blend-{outputs}", Problem(network(5, waist, outputs), DEFAULT)
        waist[1] = dense(outputs, "silu", dropout=0.25)
        yield f"dropout-{outputs}", Problem(network(5, waist, outputs), DEFAULT, weighted=True)


def widths() -> Named:
    for width in (1, 15, 16, 17, 31, 32, 33, 100):
        deep = [dense(width, "tanh"), dense(width, "mish")]
        yield f"units-{width}", Problem(network(width, deep, width), DEFAULT)
    for n_features in (127, 128, 129, 260):
        yield f"features-{n_features}", Problem(network(n_features, [dense(8, "tanh")]), DEFAULT)


def shapes() -> Named:
    yield "one-layer", Problem(network(5), DEFAULT)
    yield "logistic", Problem(network(40, (), 3, "cross_entropy"), DEFAULT, weighted=True)
    yield "deep", Problem(network(5, [dense(9, "tanh") for _ in range(6)]), DEFAULT)
    yield "ntk", Problem(network(5, layers("relu", ntk=True), 3, ntk=True), DEFAULT)
    yield "ntk-small", Problem(network(5, [dense(8, ntk=True)], ntk=True), DEFAULT)
    full = training(batch_size=None)
    blocks = {
        "small": network(5, [dense(8, "tanh")]),
        "plain": network(5, layers()),
        "dropout": network(5, layers(dropout=0.2), input_dropout=0.1),
        "everything": network(6, layers("gelu", blend=True, dropout=0.2), **STEMS["all"]),
    }
    for name, net in blocks.items():
        yield f"blocks-{name}", Problem(net, full, n=600, weighted=True)
    yield "rows", Problem(network(20, layers(), 3), training(batch_size=500, epochs=1), n=1500)
    fetching = network(9, [dense(1024, "tanh"), dense(1024, "relu")], 3)
    yield "fetching", Problem(fetching, training(batch_size=None), n=19)


def starts() -> Named:
    for name in (*INITIALIZATIONS, "data_driven"):
        for size, hidden in {"small": [dense(8, "relu")], "wide": layers("selu", ntk=True)}.items():
            yield f"{name}-{size}", Problem(network(6, hidden, 3), DEFAULT, init=name)
    for name, stem in STEMS.items():
        net = network(6, layers("selu", ntk=True, blend=True), 3, **stem)
        begun = Problem(net, DEFAULT, init="data_driven", validation="rows", weighted=True)
        yield f"stem-{name}", begun


GROUPS: dict[str, Callable[[], Named]] = {
    "activation": activations,
    "loss": losses,
    "dropout": dropout,
    "stem": stems,
    "later": later,
    "narrow": narrow,
    "width": widths,
    "shape": shapes,
    "start": starts,
}
