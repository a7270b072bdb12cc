"""The live line of a training in a notebook: one output of the cell, drawn again and again."""

from __future__ import annotations

import sys
from html import escape
from typing import Any


def is_notebook() -> bool:
    """Whether a kernel shows what this process displays; asks what is imported already."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell is not None and hasattr(shell, "kernel")


class NotebookLine:
    """A bar and a text, which a later text replaces.

    Its place is taken when it is made, by the thread of the cell; later texts may come from any.
    """

    def __init__(self) -> None:
        from IPython.display import display

        self._handle: Any = display(_bundle("", None), raw=True, display_id=True)

    def write(self, text: str, share: float | None) -> None:
        """Show the text; `share` of the bar is filled, None is no bar."""
        self._handle.update(_bundle(text, share), raw=True)


def _bundle(text: str, share: float | None) -> dict[str, str]:
    bar = (
        "" if share is None else f'<progress value="{share:.4f}" aria-label="training"></progress> '
    )
    return {"text/plain": text, "text/html": f"<div>{bar}<code>{escape(text)}</code></div>"}
