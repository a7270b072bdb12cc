"""A recorded run as one file: it opens from disk, without Python, without a network.

The file holds the page itself and the answers that a session gave, step by step, so that every
number can still be asked for its reason.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from chainrule.errors import DataError
from chainrule.playground.pages import explanation_style, page_file

Handle = Callable[[Mapping[str, Any]], tuple[dict[str, Any], list[bytes]]]

STEPS = 200
MAX_QUANTITIES = 64  # of each step whose explanation is kept

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline';
 style-src 'unsafe-inline'; img-src data:">
<title>chainrule play</title><link rel="icon" href="data:,">
<style>{style}</style></head>
<body><div id="app"></div>
<script type="application/octet-stream" id="tape">{tape}</script>
<script>{script}</script></body></html>
"""


def to_html(handle: Handle, steps: int = STEPS) -> str:
    """The next steps of a run as one HTML file.

    Parameters
    ----------
    handle : callable
        `Session.handle`; the session stays where it is.
    steps : int, default 200

    Returns
    -------
    str

    Raises
    ------
    DataError
        For a network with more than 64 parameters and units: their reasons would not fit.
    DivergedError
        Where the run leaves the finite numbers on the way.
    """
    tape = zlib.compress(json.dumps(_recorded(handle, steps), separators=(",", ":")).encode(), 9)
    return _PAGE.format(
        style=explanation_style() + page_file("app.css").decode(),
        tape=base64.b64encode(tape).decode(),
        script=page_file("app.js").decode().replace("</script", "<\\/script"),
    )


def _recorded(handle: Handle, steps: int) -> dict[str, Any]:
    first = _ask(handle, type="hello")
    start = first["frame"]["step"]
    quantities = _quantities(first)
    if len(quantities) > MAX_QUANTITIES:
        raise DataError(
            f"this network has {len(quantities)} numbers to explain; a recording takes at most "
            f"{MAX_QUANTITIES}."
        )
    row = first["frame"]["row"]
    frames, maps = [], []
    reasons: dict[str, list[Any]] = {quantity: [] for quantity in quantities}
    pieces: dict[str, list[Any]] = {quantity: [] for quantity in quantities if quantity != "loss"}
    try:
        for step in range(start, start + steps + 1):
            _ask(handle, type="seek", step=step)
            frames.append(_ask(handle, type="show", row=row))
            if len(first["columns"]) > 1:
                maps.append(_ask(handle, type="map"))
            for quantity, answers in reasons.items():
                answers.append(_ask(handle, type="explain", quantity=quantity))
            for quantity, answers in pieces.items():
                answers.append(_ask(handle, type="pieces", quantity=quantity))
    finally:
        _ask(handle, type="seek", step=start)
    return {"first": first, "frames": frames, "maps": maps, "reasons": reasons, "pieces": pieces}


def _ask(handle: Handle, **message: Any) -> dict[str, Any]:
    """An answer with its arrays as base64."""
    answer, buffers = handle(message)
    if answer["type"] == "error":
        raise DataError(answer["message"], answer["hint"])
    return {**answer, "buffers": [base64.b64encode(buffer).decode() for buffer in buffers]}


def _quantities(first: Mapping[str, Any]) -> list[str]:
    """Everything on the screen that can be asked why."""
    units = first["frame"]["units"]
    found = ["loss"]
    for l in range(1, len(units)):
        found += [f"W{l}[{j},{i}]" for j in units[l] for i in units[l - 1]]
        found += [f"{kind}{l}[{j}]" for kind in ("b", "z", "a", "delta") for j in units[l]]
    return found
