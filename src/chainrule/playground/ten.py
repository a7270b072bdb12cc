"""Ten questions before a lesson and ten after it: the same ideas on other numbers.

Every question has a 2-2-2 network of its own, so that none gives another's answer away; what it
gives and what it takes are read from that network's recorded step. The last three ask for what no
scene of the tour has shown. The key stays here: the page sends answers and is told which are right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from chainrule.explain.notation.numbers import format_number
from chainrule.explain.trace import StepTrace
from chainrule.playground.fields import Fields, MessageError
from chainrule.playground.problems import problem

PARTS = {"before": 100, "after": 200}  # part -> seed of its first network
TOLERANCE = 0.01  # of a number, beside half a unit of the last digit given
WORKED = 5e-4  # absolute: what rounding the givens to four digits can move

Right = float | str


@dataclass(frozen=True)
class Question:
    """One question, with its answer.

    Attributes
    ----------
    text : str
    right : float or str
        A number, or one of `options`.
    options : tuple of str
        Empty where a number is asked for.
    """

    text: str
    right: Right
    options: tuple[str, ...] = ()

    def is_right(self, given: str) -> bool:
        """Whether an answer is right; what is no number is wrong where one is asked for."""
        if isinstance(self.right, str):
            return given == self.right
        try:
            number = float(given.replace("−", "-").replace(",", "."))
        except ValueError:
            return False
        return abs(number - self.right) <= max(TOLERANCE * abs(self.right), WORKED)


def step_of(seed: int, rate: float = 0.5) -> StepTrace:
    """A step of a 2-2-2 network on one row, its weights and inputs drawn with two decimals."""
    start = problem("mazur").start()
    draw = np.random.default_rng(seed)
    params = {
        name: np.round(draw.uniform(0.2, 0.9, values.shape) * draw.choice([-1, 1], values.shape), 2)
        for name, values in start.params.items()
    }
    X = np.round(draw.uniform(0.2, 0.9, start.X.shape), 2)
    training = replace(start.training, learning_rate=rate)
    return replace(start, params=params, X=X, training=training).trace()


def questions(part: str) -> tuple[Question, ...]:
    """The ten of a part.

    Raises
    ------
    MessageError
        For another part than "before" and "after".
    """
    if part not in PARTS:
        raise MessageError(f"part must be before or after, found {part[:40]!r}.")
    return tuple(make(step_of(PARTS[part] + k)) for k, make in enumerate(_MADE))


def marks(part: str, answers: Sequence[Any]) -> list[bool]:
    """Which answers are right; `MessageError` where there are not ten texts."""
    asked = questions(part)
    if len(answers) != len(asked) or not all(isinstance(given, str) for given in answers):
        raise MessageError(f"answers must be a list of {len(asked)} texts.")
    return [each.is_right(given[:40]) for each, given in zip(asked, answers, strict=True)]


def ten(_: object, fields: Fields) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The questions of a part; with `answers` which of them are right, and how many."""
    part = fields.text("part")
    answers = fields.items("answers", None)
    fields.end()
    if answers is not None:
        right = marks(part, answers)
        return {"part": part, "marks": right, "score": sum(right)}, {}
    asked = [{"text": each.text, "options": list(each.options)} for each in questions(part)]
    return {"part": part, "questions": asked}, {}


def _f(value: float) -> str:
    return format_number(value)


def _short(value: float) -> str:
    return format_number(value, "full")


def _choice(text: str, is_first: bool, first: str, second: str) -> Question:
    return Question(text, first if is_first else second, (first, second))


def _z(t: StepTrace) -> Question:
    (w, v), (x, y), b = t.W[1][0], t.X[0], t.b[1][0]
    return Question(
        f"A unit gets {_short(x)} over weight {_short(w)} and {_short(y)} over weight {_short(v)}; "
        f"its bias is {_short(b)}. What is its z?",
        float(t.z[1][0, 0]),
    )


def _above(t: StepTrace) -> Question:
    text = f"Its z is {_f(t.z[1][0, 0])}. Is its activation σ(z) above or below one half?"
    return _choice(text, bool(t.a[1][0, 0] > 0.5), "above", "below")


def _sign(t: StepTrace) -> Question:
    text = f"An output answers {_f(t.a[2][0, 0])} where {_short(t.y[0, 0])} is wanted. Which sign "
    return _choice(f"{text}has its δ?", bool(t.delta[2][0, 0] > 0), "positive", "negative")


def _delta(t: StepTrace) -> Question:
    return Question(
        f"An output answers {_f(t.a[2][0, 1])} where {_short(t.y[0, 1])} is wanted; the loss is "
        f"half the squared error, and the slope σ′(z) is {_f(t.slope[2][0, 1])}. What is its δ?",
        float(t.delta[2][0, 1]),
    )


def _hidden(t: StepTrace) -> Question:
    (w, v), (d, e) = t.W[2][:, 0], t.delta[2][0]
    return Question(
        f"A hidden unit feeds two outputs over weights {_short(w)} and {_short(v)}; their δ are "
        f"{_f(d)} and {_f(e)}. Its own slope σ′(z) is {_f(t.slope[1][0, 0])}. What is its δ?",
        float(t.delta[1][0, 0]),
    )


def _gradient(t: StepTrace) -> Question:
    return Question(
        f"The δ of a unit is {_f(t.delta[2][0, 0])}, and {_f(t.a[1][0, 1])} comes in over a "
        "weight. What is the gradient of the loss by that weight?",
        float(t.dL_dW[2][0, 1]),
    )


def _update(t: StepTrace) -> Question:
    return Question(
        f"A weight of {_short(t.W[2][1, 0])} has the gradient {_f(t.dL_dW[2][1, 0])}; plain "
        f"gradient descent at learning rate {_short(t.training.learning_rate)}. What is the weight "
        "afterwards?",
        float(t.params_after["W2"][1, 0]),
    )


def _silent(t: StepTrace) -> Question:
    X = t.X.copy()
    X[0, 0] = 0.0
    moved = StepTrace(t.spec, t.params, X, t.y, t.training)
    text = "An input is 0 in every row. How does training move the weights that lead from it?"
    return _choice(text, not moved.update["W1"][:, 0].any(), "not at all", "by the full rate")


def _saturated(t: StepTrace) -> Question:
    far = {**t.params, "b1": t.params["b1"] + np.array([8.0, 0.0])}
    slopes = StepTrace(t.spec, far, t.X, t.y, t.training).slope[1][0]
    text = (
        "Two hidden sigmoid units feed the same outputs over like weights. One has z near 8, the "
        "other z near 0. Which one's incoming weights learn faster?"
    )
    return _choice(text, bool(slopes[0] > slopes[1]), "that near 8", "that near 0")


def _flipped(t: StepTrace) -> Question:
    changed = t.delta[2][0] @ -t.W[2] * t.slope[1][0]
    text = (
        "All weights from the hidden layer to the outputs change their sign, the δ of the outputs "
        "stay as they are. What happens to the δ of the hidden units?"
    )
    is_flipped = bool((np.sign(changed) == -np.sign(t.delta[1][0])).all())
    return _choice(text, is_flipped, "they change their sign", "they stay")


_MADE: tuple[Callable[[StepTrace], Question], ...] = (
    _z, _above, _sign, _delta, _hidden, _gradient, _update, _silent, _saturated, _flipped,
)  # fmt: skip
