"""Faults put into a training on purpose, each at one quantity of one layer, are named exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import DivergedError
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec

N, WIDTH, BATCH, SEED = 20, 4, 5, 3
ROW = 13  # the only row that is not zero
LAYERS = range(1, 6)
OPTIMIZERS = ("sgd", "momentum", "adam")
QUANTITIES = ("input", "z", "a", "loss", "delta", "gradient", "parameter")


class Injection:
    """A linear network of units that copy their input, with one fault."""

    def __init__(self, quantity: str, layer: int, optimizer: str) -> None:
        self.quantity, self.layer = quantity, layer
        depth = layer if quantity == "loss" else 6
        activation, loss = "identity", Loss("squared_error")
        if quantity == "a":
            depth, activation = 5, "selu"
            loss = Loss("poisson") if layer == 5 else loss
        last = Dense(WIDTH, "exp" if loss.name == "poisson" else "identity")
        layers = [Dense(WIDTH, activation) for _ in range(depth - 1)]
        self.spec = NetworkSpec(WIDTH, (*layers, last), loss)
        self.params = {}
        for l in range(1, depth + 1):
            self.params[f"W{l}"] = np.eye(WIDTH, dtype=np.float32)
            self.params[f"b{l}"] = np.zeros(WIDTH, np.float32)
        self.x = np.zeros((N, WIDTH), np.float32)
        self.x[ROW] = 1.0
        self.y = np.zeros((N, WIDTH), np.float32)
        self.y[ROW] = 0.0 if loss.name == "poisson" else -10.0
        if loss.name == "poisson":
            self.y[:] = 1.0  # what exp(0) answers: no gradient
        rate = 1e-3
        getattr(self, f"_{quantity}")(layer)
        if quantity == "parameter" and optimizer != "adam":
            rate = 1e20
        self.training = TrainingSpec(
            optimizer, learning_rate=rate, epochs=3, batch_size=BATCH, seed=SEED
        )

    def _input(self, layer: int) -> None:
        """Written into the rows after the first epoch, while training reads them."""

    def _z(self, layer: int) -> None:
        self.params[f"W{layer}"][2] = 3e38

    def _a(self, layer: int) -> None:
        if layer == 5:
            self.params["W5"][1, 1] = 200.0  # exp of it overflows
        else:
            self.params[f"W{layer}"][1, 1] = 3.3e38  # selu makes 1.05 of it
            if layer > 1:
                self.params["W1"][:] = np.eye(WIDTH) / 1.0507009873554805 ** (layer - 1)

    def _loss(self, layer: int) -> None:
        self.params[f"W{layer}"][3, 3] = 1e20

    def _delta(self, layer: int) -> None:
        self.params[f"W{layer}"][2] = 0.0
        self.params[f"W{layer + 1}"][0, 2] = 3e38

    def _gradient(self, layer: int) -> None:
        if layer == 1:
            self.x[ROW] = 1e20
        else:
            self.params[f"W{layer - 1}"] *= np.float32(1e20)
        self.params[f"W{layer}"] *= np.float32(1e-20)
        self.params[f"W{layer}"][2] = 0.0
        self.params[f"W{layer + 1}"][0, 2] = 1e20

    def _parameter(self, layer: int) -> None:
        self.params[f"W{layer}"][2] = 0.0
        self.params[f"W{layer + 1}"][0, 2] = 1e21

    def callback(self, epoch: int, history: Any) -> None:
        if self.quantity == "input" and epoch == 0:
            bad = [np.nan, np.inf, -np.inf, np.nan, np.inf][self.layer - 1]
            self.x[ROW, self.layer % WIDTH] = bad


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("quantity", QUANTITIES)
def test_the_first_quantity_is_named(
    quantity: str, optimizer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.recovery, "MOST_LOWERED", 0)
    for layer in LAYERS:
        fault = Injection(quantity, layer, optimizer)
        with pytest.raises(DivergedError) as caught:
            engine.fit(
                fault.spec, fault.params, fault.x, fault.y, fault.training, callback=fault.callback
            )
        place = caught.value.place
        epoch = 1 if quantity == "input" else 0
        order = engine.permutation(N, SEED, "shuffle", epoch)
        batch = order.tolist().index(ROW) // BATCH
        expected = {quantity}
        if quantity == "parameter" and optimizer == "adam":
            expected = {"moment"}  # the square of a gradient overflows before any parameter does
        assert place.quantity in expected, (layer, place)
        assert (place.epoch, place.batch, place.rows) == (epoch, batch, (ROW,)), (layer, place)
        assert place.layer == (0 if quantity == "input" else layer), place
        assert np.isfinite(place.last_finite)
        assert str(place.rows[0]) in str(caught.value)
