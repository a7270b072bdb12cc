"""`chainrule demo mazur`: the hand calculation that most learners know, step 1 and step 10,000."""

from __future__ import annotations

from typing import Any

from chainrule.cli.output import Output, aligned
from chainrule.cli.xor import show_parameters

_MILESTONES = (0, 1, 10, 100, 1_000, 10_000)


def show_mazur(out: Output) -> None:
    """The first step in full, and the loss of training with frozen and with trained biases."""
    from chainrule import engine
    from chainrule.explain.examples import mazur

    known = mazur()
    trace = known.trace()
    runs = {}
    for name, example in (("frozen", mazur(frozen_biases=True)), ("trained", known)):
        done = engine.fit(example.spec, example.params, example.X, example.y, example.training)
        last = engine.loss(example.spec, done.params, example.X, example.y, example.training)
        losses = [*done.history.loss, last]
        outputs = engine.predict(example.spec, done.params, example.X)[0]
        runs[name] = {"loss": {k: float(losses[k]) for k in _MILESTONES}, "outputs": outputs}

    out.heading(known.title)
    out.say(
        f"inputs {_row(known.X[0])}; wanted {_row(known.y[0])}",
        "Units count from 0 here and from 1 in Mazur's text: his w1 is W1[0,0].",
    )
    show_parameters(out, "start", _plain(known.params))
    out.say("")
    out.heading("forward, and backward from the loss")
    units: list[tuple[str, ...]] = [("unit", "z", "a", "delta")]
    for l in range(1, trace.spec.n_layers + 1):
        for j in range(trace.spec.layer_sizes[l]):
            numbers = (trace.z[l][0, j], trace.a[l][0, j], trace.delta[l][0, j])
            units.append((f"{j} of layer {l}", *(f"{value:.9f}" for value in numbers)))
    out.result(*aligned(units, right=(1, 2, 3)))
    out.result(f"loss {trace.loss:.9f}")
    show_parameters(out, "gradients", _plain(trace.grads), digits=9)
    show_parameters(out, "after the first step", _plain(trace.params_after), digits=9)
    out.say("")
    steps: list[tuple[str, ...]] = [("loss after steps", "weights only, as Mazur", "biases too")]
    for k in _MILESTONES:
        steps.append((f"{k:,}", *(f"{run['loss'][k]:.9g}" for run in runs.values())))
    out.result(*aligned(steps, right=(0, 1, 2)))
    out.say(
        "Mazur's text prints 0.291027924 after one step. That number comes out when",
        "layer 2 is changed before the deltas of layer 1 are taken.",
    )
    out.next("chainrule", "demo", "mazur", "W1[0,0]")
    out.document(
        {
            "example": known.name,
            "title": known.title,
            "inputs": known.X,
            "targets": known.y,
            "learning_rate": known.training.learning_rate,
            "start": _plain(known.params),
            "trace": trace.to_json(),
            "after_one_step": _plain(trace.params_after),
            "biases_frozen": runs["frozen"],
            "biases_trained": runs["trained"],
        }
    )


def _plain(params: Any) -> dict[str, Any]:
    return {name: array.tolist() for name, array in params.items()}


def _row(values: Any) -> str:
    return " ".join(f"{value:g}" for value in values)
