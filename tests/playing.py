"""Questions to a session of the playground, with the arrays of the answer by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.playground import Session

Answer = tuple[dict[str, Any], dict[str, np.ndarray]]


def ask(session: Session, **message: Any) -> Answer:
    """An answer, which may be a refusal, and its arrays."""
    answer, buffers = session.handle(message)
    arrays = {}
    for about, buffer in zip(answer["arrays"], buffers, strict=True):
        arrays[about["name"]] = np.frombuffer(buffer, about["type"]).reshape(about["shape"])
    return answer, arrays
