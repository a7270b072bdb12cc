"""What a teacher sets for a class: a question, which steps are given, and what is locked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from chainrule.playground.changes import Change, SetCell, SetParameter, SetTarget, SetTraining
from chainrule.playground.fields import Fields, MessageError
from chainrule.playground.practice import FADINGS

# What can be locked, in the words of the page.
LOCKS = ("data", "network", "training", "weights")
_OF_CHANGE: dict[type[Change], str] = {
    SetParameter: "weights",
    SetCell: "data",
    SetTarget: "data",
    SetTraining: "training",
}
MAX_QUESTION = 500  # characters


@dataclass(frozen=True)
class Task:
    """A task of a shared run.

    Attributes
    ----------
    question : str
        In the teacher's words; "" for none.
    of : str
        The number that answers it, such as "dL_dW1[0,0]"; "" where none does.
    fading : "given", "last" or "all"
        Which steps of a derivation are blank.
    locked : tuple of str
        What may not be changed: some of `LOCKS`.
    """

    question: str = ""
    of: str = ""
    fading: str = "given"
    locked: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Task:
        """Raises `MessageError` for what is no task."""
        fields = Fields({**form, "type": "task"})
        question = fields.text("question", "", longest=MAX_QUESTION)
        of, fading = fields.text("of", ""), fields.text("fading", "given")
        locked = fields.items("locked", [], most=len(LOCKS))
        fields.end()
        if fading not in FADINGS:
            raise MessageError(f"fading is one of {', '.join(FADINGS)}, found {fading!r}.")
        if not set(map(str, locked)) <= set(LOCKS):
            raise MessageError(f"what can be locked is {', '.join(LOCKS)}.")
        return cls(question, of, fading, tuple(name for name in LOCKS if name in locked))

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "locked": list(self.locked)}

    def allow(self, *what: str) -> None:
        """Raises `MessageError` where one of these is locked."""
        locked = [name for name in what if name in self.locked]
        if locked:
            raise MessageError(f"whoever shared this run has locked its {' and '.join(locked)}.")

    def allow_change(self, change: Change) -> None:
        """Raises `MessageError` where what it changes is locked."""
        self.allow(_OF_CHANGE[type(change)])
