"""The playground in a notebook: the page in a cell, the session in the kernel.

Needs the extra `notebook`, which brings anywidget; nothing listens on a port.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget

from chainrule.playground.pages import widget_module
from chainrule.playground.plain import plain
from chainrule.playground.problems import Problem
from chainrule.playground.session import Session
from chainrule.playground.tables import from_table, from_trace
from chainrule.table.read import read_table


class Playground(anywidget.AnyWidget):
    """A page on a run, shown by the cell whose last line it is.

    Parameters
    ----------
    start : str, Problem or Session, default "xor"
        The name of a problem, a share code, the path of a table, a problem, or a session that is
        shared with the code of the notebook.
    target : str
        Column of the table that is learned; default its last.

    Attributes
    ----------
    session : Session
        What the page asks; `session.handle` answers the notebook as well, and
        `session.to_html()` writes the next steps as one file.

    Raises
    ------
    SpecError, MessageError, DataError
        For a start that is none of these, and a table that cannot be learned.

    Examples
    --------
    >>> from chainrule.playground import Playground
    >>> Playground("mazur")  # doctest: +SKIP
    """

    def __init__(self, start: str | Problem | Session = "xor", *, target: str = "") -> None:
        self.session = _session(start, target)
        super().__init__(_esm=widget_module())
        self.on_msg(self._heard)

    @classmethod
    def of_model(cls, model: Any, X: Any, y: Any, *, member: int = 0) -> Playground:
        """A fitted Tabular estimator on rows, network `member` of it; it trains on from there."""
        name = type(model).__name__
        return cls(from_trace(model.trace(X, y, member=member), name))

    def _heard(self, _: Any, message: Any, __: Any) -> None:
        answer, buffers = self.session.handle(message)
        self.send(plain(answer), buffers)


def _session(start: str | Problem | Session, target: str) -> Session:
    if isinstance(start, Session):
        return start
    if isinstance(start, Problem):
        return Session(start)
    if Path(start).is_file():
        return Session(from_table(read_table(start), target))
    return Session.opened(start)
