"""Another network, training or seed on the rows of a problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chainrule.errors import SpecError
from chainrule.playground.problems import Problem
from chainrule.spec import LOSSES, Dense, Dropout, Layer, Loss, NetworkSpec, layer_from_json
from chainrule.spec.shorthand import training_spec, training_values

MAX_PARAMETERS = 1_000_000
MAX_UNITS = 4_096


def configured(
    base: Problem,
    hidden: Sequence[Any] | None = None,
    training: Mapping[str, Any] | None = None,
    seed: int | None = None,
    loss: str = "",
) -> Problem:
    """`base` with other layers, training, seed or loss; its own where nothing is given.

    Parameters
    ----------
    base : Problem
    hidden : sequence of dict, optional
        The layers before the last in their JSON form: [{"kind": "dense", "units": 4, "activation":
        "tanh"}].
    training : mapping, optional
        Settings of `fit`.
    seed : int, optional
        Of the start values and of the order of rows; start values of the problem's own stay where
        neither this nor the network changes.
    loss : str, optional

    Returns
    -------
    Problem

    Raises
    ------
    SpecError, TypeError
        Naming the layer or the setting that cannot be.
    """
    settings = {**training_values(base.training), **(training or {})}
    if seed is not None:
        settings["seed"] = seed
    chosen = training_spec(settings)
    spec = base.spec if hidden is None and not loss else _spec(base, hidden, loss)
    same = spec == base.spec and seed is None
    asked = {"hidden": hidden, "training": dict(training or {}), "seed": seed, "loss": loss}
    given = {name: value for name, value in asked.items() if value not in (None, {}, "")}
    return replace(
        base,
        spec=spec,
        training=chosen,
        params=base.params if same else None,
        quantity=base.quantity if spec == base.spec else "W1[0,0]",
        setup={"problem": base.name, **base.setup, **given},
    )


def _spec(base: Problem, hidden: Sequence[Any] | None, loss: str) -> NetworkSpec:
    old = base.spec
    layers = hidden_layers(old) if hidden is None else _layers(hidden)
    chosen = Loss(loss) if loss and loss != old.loss.name else old.loss
    if chosen.name not in LOSSES:
        raise SpecError(f"there is no loss {chosen.name!r}; there are {', '.join(LOSSES)}.")
    output = LOSSES[chosen.name].output_activation if loss else old.output_activation
    spec = NetworkSpec(old.n_features, (*layers, Dense(old.n_outputs, output)), chosen)
    if spec.n_parameters > MAX_PARAMETERS:
        raise SpecError(
            f"this network has {spec.n_parameters:,} parameters; the playground takes at most "
            f"{MAX_PARAMETERS:,}."
        )
    return spec


def hidden_layers(spec: NetworkSpec) -> tuple[Layer, ...]:
    """All layers before the last dense one."""
    return spec.layers[: -1 if isinstance(spec.layers[-1], Dense) else -2]


def _layers(hidden: Sequence[Any]) -> tuple[Layer, ...]:
    layers = tuple(layer_from_json(f"layer {k}", form) for k, form in enumerate(hidden))
    for k, layer in enumerate(layers):
        if isinstance(layer, Dropout):
            raise SpecError(f"layer {k} is dropout, which the playground does not step through.")
        if isinstance(layer, Dense) and not 0 < layer.units <= MAX_UNITS:
            raise SpecError(f"layer {k} must have 1 to {MAX_UNITS:,} units, found {layer.units}.")
    return layers
