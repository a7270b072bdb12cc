"""The eight lessons of docs/learn as data: what each asks, and its exercises.

lesson     `Lesson`, and what makes a question of a formula
exercises  the questions of each lesson, one function a lesson
"""

from __future__ import annotations

from chainrule.errors import SpecError
from chainrule.explain.lessons import exercises
from chainrule.explain.lessons.lesson import Lesson

LESSONS = (
    Lesson(
        "forward", "What does the network answer?",
        "A unit multiplies what comes in by its weights, adds a bias, and bends the sum.",
        ("z_j = Σ_i W_ji a_i + b_j", "a_j = σ(z_j)"), exercises.forward,
    ),
    Lesson(
        "loss", "How wrong is the answer, and which way is better?",
        "The loss is one number for all errors; its slope says which way it falls.",
        ("L = ½ Σ (a − y)²", "slope ≈ (L(w + h) − L(w − h)) / 2h"), exercises.loss,
    ),
    Lesson(
        "backward", "Which weight is to blame, and how much?",
        "The chain rule multiplies the slopes on the way from a weight to the loss.",
        ("∂L/∂w = (a − y) · σ′(z) · a_before", "δ_j = (Σ_k W_kj δ_k) · σ′(z_j)"),
        exercises.backward,
    ),
    Lesson(
        "update", "How does each weight change?",
        "Every weight takes a small step against its gradient, all at once.",
        ("w ← w − η ∂L/∂w",), exercises.update,
    ),
    Lesson(
        "repeat", "What happens over many steps?",
        "The same step again and again, until the loss no longer falls.",
        ("forward → loss → backward → update → forward → ...",), exercises.repeat,
    ),
    Lesson(
        "trouble", "What if it does not learn?",
        "Most failures leave a trace in the numbers that you know by now.",
        ("gradient of layer 1 ≈ gradient of layer L · Π (w · σ′)",), exercises.trouble,
    ),
    Lesson(
        "inputs", "What do a table's columns become?",
        "Layers before layer 1 turn columns into inputs, and learn like all others.",
        ("u = 2π f x + φ", "h = w cos(u) + b"), exercises.inputs,
    ),
    Lesson(
        "table", "How do I train on my own table?",
        "Scale the columns, hold rows back, compare with the best constant.",
        ("(x − mean) / sd", "ℓ = −ln p(true class)"), exercises.table,
    ),
)  # fmt: skip


def lesson(number: int) -> Lesson:
    """A lesson by its number, from 1.

    Raises
    ------
    SpecError
        Where there is none of that number.
    """
    if not 1 <= number <= len(LESSONS):
        raise SpecError(f"there is no lesson {number}; they are 1 to {len(LESSONS)}.")
    return LESSONS[number - 1]


__all__ = ["LESSONS", "Lesson", "lesson"]
