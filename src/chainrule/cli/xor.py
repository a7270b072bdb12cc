"""`chainrule demo xor`: the worked example that the project started from, trained to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule.cli.output import Output, aligned

if TYPE_CHECKING:
    from chainrule.explain.examples import Example
    from chainrule.network.network import Network

_MILESTONES = (0, 1, 10, 100, 1_000, 2_000, 5_000, 10_000)


def show_xor(out: Output, known: Example) -> None:
    """Train it as the original does, and print its numbers."""
    import chainrule

    X, y, epochs = known.X, known.y, known.training.epochs
    net = chainrule.Network(
        [2, 2, 1],
        activation="sigmoid",
        output_activation="sigmoid",
        loss="squared_error",
        dtype="float64",
    )
    net.weights = [known.params["W1"], known.params["W2"]]
    net.biases = [known.params["b1"], known.params["b2"]]
    start = _numbers(net)
    settings: dict[str, Any] = {
        "optimizer": "sgd",
        "learning_rate": known.training.learning_rate,
        "batch_size": None,
        "reduction": "sum",
        "shuffle": False,
        "n_threads": 1,
    }
    # The original example prints the forward pass of the last epoch, before its update.
    losses = list(net.fit(X, y, epochs=epochs - 1, **settings).loss)
    before = net.predict(X)
    losses += net.fit(X, y, epochs=1, **settings).loss
    losses.append(net.loss(X, y, reduction="sum"))
    end = _numbers(net)
    after = net.predict(X)

    out.heading(known.title)
    show_parameters(out, "start", start)
    out.say("", "loss after this many epochs")
    out.table([(f"{k:,}", f"{losses[k]:.12g}") for k in _MILESTONES], right=(0,))
    out.say("")
    out.heading("outputs before and after the update of the last epoch")
    rows = [("inputs", "wanted", "before", "after")]
    for inputs, wanted, first, last in zip(X, y, before, after, strict=True):
        named = f"{inputs[0]:g} {inputs[1]:g}"
        rows.append((named, f"{wanted[0]:g}", f"{first[0]:.12g}", f"{last[0]:.12g}"))
    out.result(*aligned(rows))
    show_parameters(out, "end", end)
    out.next("chainrule", "demo", "xor", "W1[0,0]")
    out.document(
        {
            "example": known.name,
            "title": known.title,
            "inputs": X,
            "targets": y,
            "learning_rate": known.training.learning_rate,
            "epochs": epochs,
            "start": start,
            "loss": {str(k): losses[k] for k in _MILESTONES},
            "outputs_before_last_update": before.ravel(),
            "outputs": after.ravel(),
            "end": end,
        }
    )


def _numbers(net: Network) -> dict[str, Any]:
    return {name: array.tolist() for name, array in net.params.items()}


def show_parameters(out: Output, title: str, params: dict[str, Any], digits: int = 12) -> None:
    """Parameters by name, one row of a weight matrix a line."""
    out.say("")
    out.heading(f"{title} (W is outputs x inputs)")
    rows = []
    for name, values in params.items():
        for row in values if isinstance(values[0], list) else [values]:
            rows.append((name, *(f"{value:.{digits}g}" for value in row)))
            name = ""
    width = max(len(row) for row in rows)
    out.table([(*row, *[""] * (width - len(row))) for row in rows])
