"""The arguments of the command that runs, as they were typed."""

from __future__ import annotations

from contextvars import ContextVar

GIVEN: ContextVar[tuple[str, ...]] = ContextVar("GIVEN", default=())


class Again(Exception):  # noqa: N818  no error: another command takes the place of this one
    """Raised by a command for another one to run."""

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self.arguments = arguments


def without(arguments: tuple[str, ...], option: str, n_values: int) -> tuple[str, ...]:
    """The arguments without an option and its value."""
    kept, skip = [], 0
    for argument in arguments:
        if skip:
            skip -= 1
        elif argument == option:
            skip = n_values
        elif not argument.startswith(f"{option}="):
            kept.append(argument)
    return tuple(kept)
