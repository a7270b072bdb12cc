"""Options that several commands share, listed once and spread into the signature of each."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

# Name -> (annotation, default).
Options = Mapping[str, tuple[Any, Any]]
Command = Callable[..., Any]


def spread(
    command: Command, place: str, options: Options, build: Callable[[Mapping[str, Any]], Any]
) -> Command:
    """A command with every one of `options` where its parameter `place` stands, which gets what
    `build` makes of them."""
    own = inspect.signature(command, eval_str=True)
    parameters = []
    for parameter in own.parameters.values():
        if parameter.name != place:
            parameters.append(parameter)
            continue
        for name, (annotation, default) in options.items():
            parameters.append(
                inspect.Parameter(name, parameter.kind, default=default, annotation=annotation)
            )

    @wraps(command)
    def run(**given: Any) -> Any:
        typed = {name: given.pop(name) for name in options}
        return command(**given, **{place: build(typed)})

    run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run
