"""The playground: one training run that a person steps forward and back, edits and questions.

`session.Session` answers messages and knows neither browser nor network; `server` hands it to a
page, and `widget` to a notebook's cell. Every number that it sends was made by the engine that
trains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainrule.errors import ChainruleError
from chainrule.playground.problems import PROBLEMS, Problem, problem
from chainrule.playground.session import Session

if TYPE_CHECKING:
    from chainrule.playground.widget import Playground as Playground

__all__ = ["PROBLEMS", "Problem", "Session", "problem"]


def __getattr__(name: str) -> Any:
    """`Playground` on first use: it needs anywidget, which nothing else does."""
    if name != "Playground":
        raise AttributeError(f"module 'chainrule.playground' has no attribute '{name}'")
    try:
        from chainrule.playground.widget import Playground
    except ImportError as error:
        raise ChainruleError(
            "the playground in a notebook needs anywidget.",
            'Install it with: pip install "chainrule[notebook]"',
        ) from error
    return Playground
