"""Questions about the present step of a run. None of them changes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from chainrule import engine
from chainrule.explain.check.kinks import STEP
from chainrule.explain.check.probe import of_parameter
from chainrule.explain.derivation.asked import Asked
from chainrule.explain.diagnosis.diagnose import Context, diagnose
from chainrule.explain.explain import explain
from chainrule.explain.notation.verdicts import TOO_SMALL
from chainrule.explain.quiz import worksheet
from chainrule.explain.render.html import fragment
from chainrule.explain.trace import StepTrace
from chainrule.playground.changes import SetParameter
from chainrule.playground.fields import Fields, MessageError
from chainrule.playground.frame import Arrays, drawn_units, place_of
from chainrule.playground.map import over_columns, over_components
from chainrule.playground.matrix import matrix_of
from chainrule.playground.pieces import Pieces, factors_of, leading, to_json
from chainrule.playground.practice import FADINGS, faded, judged, question_of, steps_of
from chainrule.playground.ten import ten
from chainrule.playground.timeline import Timeline
from chainrule.spec import History

Answer = tuple[dict[str, Any], Arrays]


class View(NamedTuple):
    """What a question is about: a run, its next step, the number of the chosen row, and the row
    by itself where it is not in the batch."""

    timeline: Timeline
    trace: StepTrace
    row: int | None
    beside: StepTrace | None = None
    focus: Asked | None = None

    def of(self, quantity: str) -> tuple[StepTrace, int]:
        """The record that a quantity is read from, and the place of the row in it: gradients and
        the loss are of the batch, what a unit computes is of the row."""
        is_of_a_unit = self.trace.names.parse(quantity).kind in ("z", "a", "delta")
        shown = self.beside if self.beside is not None and is_of_a_unit else self.trace
        return shown, place_of(shown, self.row)

    @property
    def shown(self) -> StepTrace:
        """The record that the chosen row is in."""
        return self.beside or self.trace

    @property
    def place(self) -> int:
        """The place of the chosen row in it."""
        return place_of(self.shown, self.row)

    def loss_at(self, quantity: str, value: float) -> float:
        """The batch's total loss with one parameter at another value."""
        moment = self.timeline.now
        moved, rows = SetParameter(quantity, value)(moment).params, moment.rows
        return engine.loss(moment.spec, moved, moment.X[rows], moment.y[rows], moment.training)

    @property
    def drawn(self) -> list[list[int]]:
        """The units of each layer that the page draws."""
        return drawn_units(self.shown, self.place, self.focus)


def explained(view: View, fields: Fields) -> Answer:
    """The chain rule of one number, as mathematics and as text, and its ways to the loss."""
    quantity = fields.text("quantity")
    top = fields.whole("top", 5, low=1, high=100)
    digits = fields.whole("digits", 4, low=1, high=17)
    fields.end()
    trace, place = view.of(quantity)
    found = explain(trace, quantity, row=place, top=top, digits=digits, check="none")
    ways = () if found.paths is None else found.paths.shown
    asked = view.trace.names.parse(quantity)
    at = view.timeline.now.params[asked.tensor][asked.at] if asked.is_parameter else None
    return {
        "at": None if at is None else float(at),
        "quantity": found.quantity,
        "what": found.what,
        "row": found.row,
        "value": found.value,
        "html": fragment(found),
        "text": found.to_text(),
        "paths": [{"units": list(way.units), "value": way.value} for way in ways],
        "n_paths": 0 if found.paths is None else found.paths.n_paths,
        "factors": factors_of(trace, place, asked),
        "leading": leading(trace, place, asked, digits),
    }, {}


def cut_up(view: View, fields: Fields) -> Answer:
    """The products, the bias and the slope that a number of the row is made of, one by one.

    Raises `MessageError` for the loss.
    """
    asked = view.trace.names.parse(fields.text("quantity"))
    digits = fields.whole("digits", 4, low=1, high=17)
    fields.end()
    if asked.kind == "loss":
        raise MessageError("the loss is shown in one piece.")
    found = Pieces(view.shown, view.place, view.drawn).of(asked)
    about: dict[str, Any] = {"quantity": asked.identifier, **to_json(*found, digits)}
    if asked.is_parameter:
        about["all_rows"] = float(view.trace.grads[asked.tensor][asked.at])
    return about, {}


def verified(view: View, fields: Fields) -> Answer:
    """The value beside a number that does not know the chain rule.

    Raises `MessageError` where no method is asked for.
    """
    quantity, method = fields.text("quantity"), fields.text("method", "central")
    fields.end()
    trace, place = view.of(quantity)
    check = explain(trace, quantity, row=place, check=method).check
    if check is None:
        raise MessageError("method must be central or complex.")
    asked = trace.names.parse(quantity)
    return {
        "quantity": quantity,
        "method": check.method,
        "analytic": check.analytic,
        "numeric": check.numeric,
        "error": check.error,
        "verdict": check.verdict,
        # Moving the number shows nothing where only the complex step can tell.
        "is_too_small": check.verdict == TOO_SMALL or bool(check.note),
        "outcome": check.outcome,
        "line": _line(trace, asked) if asked.is_parameter else None,
    }, {}


def _line(trace: StepTrace, asked: Asked) -> dict[str, float]:
    """The parameter a little smaller and a little larger, and by how much the loss changes."""
    probe = of_parameter(trace, asked.tensor, asked.at)
    at = float(trace.params[asked.tensor][asked.at])
    h = STEP * max(1.0, abs(at))
    below, here, above = (probe.loss(step)[0] for step in (-h, 0.0, h))
    return {"at": at, "h": h, "loss": here, "below": below - here, "above": above - here}


def peeked(view: View, fields: Fields) -> Answer:
    """The batch's total loss with one parameter at other values, and the line that
    the gradient draws there."""
    quantity, values = fields.text("quantity"), fields.numbers("values", most=64)
    fields.end()
    moment, trace = view.timeline.now, view.trace
    asked = trace.names.parse(quantity)
    losses = [view.loss_at(quantity, value) for value in values]
    here = float(moment.params[asked.tensor][asked.at])
    slope = float(trace.grads[asked.tensor][asked.at])
    foretold = slope * (np.array(values) - here)
    about = {"quantity": asked.identifier, "at": here, "loss": trace.loss, "slope": slope}
    return about, {
        "losses": np.array(losses),
        "changes": np.array(losses) - trace.loss,
        "tangent": trace.loss + foretold,
        "foretold": foretold,
    }


def mapped(view: View, fields: Fields) -> Answer:
    """What the network answers over two inputs, or over two principal components.

    Raises `MessageError` for another plane, or where there are no components.
    """
    moment = view.timeline.now
    last = moment.spec.n_features - 1
    across = fields.whole("across", 0, high=last)
    up = fields.whole("up", min(1, last), high=last)
    output = fields.whole("output", 0, high=moment.spec.n_outputs - 1)
    plane = fields.text("plane", "columns")
    fields.end()
    if plane not in ("columns", "components"):
        raise MessageError(f"plane must be columns or components, found {plane!r}.")
    if plane == "components" and min(last, moment.n_rows - 1) == 0:
        raise MessageError("principal components take two inputs and two rows.")
    if plane == "components":
        shown, arrays = over_components(moment, output)
    else:
        shown, arrays = over_columns(moment, (across, up), output)
    return {"map": shown}, arrays


def matrix(view: View, fields: Fields) -> Answer:
    """The weights of a layer, or their gradients or updates, those first through which most of the
    row's derivative passes. Raises `MessageError` for anything else of it."""
    layer = fields.whole("layer", low=1, high=view.trace.spec.n_layers)
    what = fields.text("what", "W")
    searches = fields.text("unit", ""), fields.text("source", "")
    first = fields.whole("first", 0)
    fields.end()
    if what not in ("W", "dL_dW", "update_W"):
        raise MessageError(f"what must be W, dL_dW or update_W, found {what!r}.")
    return matrix_of(view.trace, view.shown, view.place, layer, what, searches, first)


def practised(view: View, fields: Fields) -> Answer:
    """The steps that lead to a number, as many of them blank as asked for.

    Raises `MessageError` for another fading.
    """
    quantity, fading = fields.text("quantity"), fields.text("fading", "all")
    with_key = fields.whole("key", 0, high=1)
    fields.end()
    if fading not in FADINGS:
        raise MessageError(f"fading is one of {', '.join(FADINGS)}, found {fading!r}.")
    asked = steps_of(*view.of(quantity), quantity)
    about = {"quantity": quantity, "fading": fading, "steps": faded(asked, fading)}
    return {**about, "key": worksheet(asked)[1]} if with_key else about, {}


def judged_step(view: View, fields: Fields) -> Answer:
    """What is said to an answer: to step `step` of a derivation, or about the number `of`."""
    answer = fields.text("answer")
    of = fields.text("of", "")
    if of:
        fields.end()
        return judged(question_of(view.shown, view.place, of), answer), {}
    quantity = fields.text("quantity")
    asked = steps_of(*view.of(quantity), quantity)
    step = fields.whole("step", high=len(asked) - 1)
    fields.end()
    return judged(asked[step], answer), {}


def diagnosed(view: View, fields: Fields) -> Answer:
    """What goes wrong in this run, and the remedies."""
    fields.end()
    moment = view.timeline.now
    _, losses = view.timeline.curve()
    found = diagnose(
        moment.spec,
        moment.params,
        moment.X,
        moment.y,
        moment.training,
        History(loss=losses, n_steps=moment.step, stop_reason="epochs"),
        context=Context(names=moment.names),
        state=moment.state,
    )
    return {"findings": [finding.to_json() for finding in found], "text": str(found)}, {}


QUESTIONS: dict[str, Callable[[View, Fields], Answer]] = {
    "explain": explained,
    "pieces": cut_up,
    "verify": verified,
    "peek": peeked,
    "map": mapped,
    "matrix": matrix,
    "practice": practised,
    "answer": judged_step,
    "diagnose": diagnosed,
    "ten": ten,
}
