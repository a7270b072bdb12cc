"""A run as a short text that fits into a link: what it was set up with, and where it stands."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

from chainrule.playground.changes import from_json, to_json
from chainrule.playground.fields import Fields, MessageError
from chainrule.playground.problems import Problem, problem
from chainrule.playground.setup import configured
from chainrule.playground.teaching import Task
from chainrule.playground.timeline import Timeline

VERSION = 1
MAX_BYTES = 64 << 10


def content(problem: Problem, timeline: Timeline, row: int | None, task: Task) -> dict[str, Any]:
    """What a code holds: set-up, changes by hand, step and row, and the task if there is one."""
    found: dict[str, Any] = {
        "v": VERSION,
        "setup": {"problem": problem.name, **problem.setup},
        "step": timeline.now.step,
        "changes": [[at, to_json(change)] for at, change in timeline.changes],
        "row": row,
    }
    return found if task == Task() else {**found, "task": task.to_json()}


def encode(content: dict[str, Any]) -> str:
    """base64url(deflate(JSON)), without padding."""
    packed = zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(code: str) -> dict[str, Any]:
    """The inverse of `encode`; `MessageError` where it is no such text, or unfolds to more than
    64 KiB."""
    try:
        packed = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
        unfolding = zlib.decompressobj()
        text = unfolding.decompress(packed, MAX_BYTES)
        if unfolding.unconsumed_tail:
            raise ValueError("too long")
        content = json.loads(text)
    except (ValueError, zlib.error, RecursionError) as error:
        raise MessageError("this is no share code of the playground; copy it whole.") from error
    if not isinstance(content, dict):
        raise MessageError("this is no share code of the playground; copy it whole.")
    return content


def start_of(content: Fields) -> Problem:
    """The problem that a code's run begins with; raises as `Fields` and `configured` do."""
    setup = Fields(content.mapping("setup"))
    return configured(
        problem(setup.text("problem")),
        setup.items("hidden", None),
        setup.mapping("training", {}),
        setup.whole("seed", None, high=2**53),
        setup.text("loss", ""),
    )


def replay(timeline: Timeline, content: Fields, most: int) -> None:
    """Make a code's changes at their steps, and go where it stands; `most` steps at most.

    Raises `MessageError` for a change that cannot be read.
    """
    for entry in content.items("changes", [], most=10_000):
        if not isinstance(entry, list) or len(entry) != 2 or not isinstance(entry[0], int):
            raise MessageError("this share code holds a change that cannot be read.")
        timeline.seek(min(max(entry[0], timeline.now.step), most))
        timeline.change(from_json(entry[1]))
    timeline.seek(content.whole("step", 0, low=timeline.now.step, high=most))
