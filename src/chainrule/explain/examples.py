"""The two worked examples, as data: XOR and Mazur's 2-2-2 network.

XOR is where this project started: 2-2-1 sigmoid, half squared error summed over the four rows, full
batch, learning rate 0.1. Its numbers are the first that NumPy's legacy generator, seeded with 42,
gives for rand(2,2), rand(2,1), rand(1,2), rand(1,1): W(1) and W(2) stored inputs x outputs, then
b(1) and b(2). Mazur's is the hand calculation that most learners know (M. Mazur, "A step by step
backpropagation example", 2015). He counts from 1: his w1, w2, ..., w8 are W1[0,0], W1[0,1], ...,
W2[1,1], his h1 and o1 are unit 0 of layers 1 and 2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from chainrule.errors import SpecError
from chainrule.explain.trace import StepTrace
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec


@dataclass(frozen=True)
class Example:
    """A network, its rows and its training, small enough to follow by hand.

    Attributes
    ----------
    name, title : str
    spec : NetworkSpec
    params : dict of str to ndarray, float64
        Start values, W as outputs x inputs.
    X, y : ndarray
    training : TrainingSpec
    quantity : str
        What to explain first.
    """

    name: str
    title: str
    spec: NetworkSpec
    params: dict[str, np.ndarray]
    X: np.ndarray
    y: np.ndarray
    training: TrainingSpec
    quantity: str

    def drawn(self, seed: int) -> Example:
        """The same network with other numbers: weights and biases of two decimals between -0.9 and
        0.9, and where the inputs are no truth table, inputs between 0.05 and 0.95."""
        random = np.random.RandomState(seed)
        params = {
            name: random.randint(10, 91, array.shape) * random.choice([-0.01, 0.01], array.shape)
            for name, array in self.params.items()
        }
        drawn = random.randint(5, 96, self.X.shape) / 100
        is_table = bool(np.isin(self.X, (0.0, 1.0)).all())
        return replace(
            self,
            title=f"{self.title}, numbers of seed {seed}",
            params={name: array.round(2) for name, array in params.items()},
            X=self.X if is_table else drawn,
        )

    def trace(self) -> StepTrace:
        """The first step, in float64."""
        return StepTrace(self.spec, self.params, self.X, self.y, self.training)


def _sigmoid_network(*sizes: int) -> NetworkSpec:
    layers = tuple(Dense(units, "sigmoid") for units in sizes[1:])
    return NetworkSpec(sizes[0], layers, Loss("squared_error"))


def xor() -> Example:
    """The example that the project started from."""
    return Example(
        name="xor",
        title="XOR: 2-2-1 sigmoid, loss summed over four rows, learning rate 0.1",
        spec=_sigmoid_network(2, 2, 1),
        params={
            # RandomState(42).rand(2, 2).T and so on, written out: the drawing is history.
            "W1": np.array(
                [[0.3745401188473625, 0.7319939418114051], [0.9507143064099162, 0.5986584841970366]]
            ),
            "b1": np.array([0.05808361216819946, 0.8661761457749352]),
            "W2": np.array([[0.15601864044243652, 0.15599452033620265]]),
            "b2": np.array([0.6011150117432088]),
        },
        X=np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
        y=np.array([[0.0], [1.0], [1.0], [0.0]]),
        training=TrainingSpec(
            optimizer="sgd",
            learning_rate=0.1,
            epochs=10_000,
            batch_size=None,
            reduction="sum",
            shuffle=False,
        ),
        quantity="W1[0,0]",
    )


def mazur(*, frozen_biases: bool = False) -> Example:
    """Mazur's example; `frozen_biases` trains the weights only, as he does."""
    return Example(
        name="mazur",
        title="Mazur: 2-2-2 sigmoid, one row, learning rate 0.5",
        spec=_sigmoid_network(2, 2, 2),
        params={
            "W1": np.array([[0.15, 0.20], [0.25, 0.30]]),
            "b1": np.array([0.35, 0.35]),
            "W2": np.array([[0.40, 0.45], [0.50, 0.55]]),
            "b2": np.array([0.60, 0.60]),
        },
        X=np.array([[0.05, 0.10]]),
        y=np.array([[0.01, 0.99]]),
        training=TrainingSpec(
            optimizer="sgd",
            learning_rate=0.5,
            epochs=10_000,
            batch_size=None,
            reduction="sum",
            shuffle=False,
            learning_rate_factors={"b": 0.0} if frozen_biases else {},
        ),
        quantity="W1[0,0]",
    )


EXAMPLES = {"xor": xor, "mazur": mazur}


def example(name: str) -> Example:
    """An example by name; `SpecError` lists the names."""
    if name not in EXAMPLES:
        raise SpecError(f"unknown example {name!r}; there are {', '.join(EXAMPLES)}.")
    return EXAMPLES[name]()
