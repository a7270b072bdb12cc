"""Options of a command as settings: their names in a file, and what each takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import NoneType
from typing import Any, get_args, get_origin

from chainrule.errors import DataError

# Options that say nothing of a run's result.
_NO_SETTINGS = ("force", "quiet", "json")
_KINDS: dict[type, tuple[tuple[type, ...], str]] = {
    bool: ((bool,), "true or false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    str: ((str,), "text"),
}


@dataclass(frozen=True)
class Setting:
    """An option, or the argument DATA.

    Attributes
    ----------
    name : str
        Of the command's parameter.
    kind : type
        bool, int, float, str, or an Enum.
    is_list : bool
        Whether it is repeatable.
    default : object
    """

    name: str
    kind: type
    is_list: bool
    default: Any

    def read(self, value: Any, where: str) -> Any:
        """A value of a file as the command line takes it.

        Raises
        ------
        DataError
            For what it does not take.
        """
        if self.is_list:
            if isinstance(value, dict):
                value = [f"{name}={said}" for name, said in value.items()]
            return [_single(str, one, where) for one in _list(value)]
        if self.kind is str and isinstance(value, list) and value:  # 256,256
            return ",".join(str(_single(float, one, where)) for one in value)
        if issubclass(self.kind, Enum):
            words = [str(word.value) for word in self.kind]
            if value not in words:
                raise DataError(f"{where} must be one of {', '.join(words)}, found {value!r}.")
            return value
        return _single(self.kind, value, where)

    def is_said(self, value: Any) -> bool:
        """Whether it is more than the default."""
        return value is not None and value != [] and value != self.default


def settings_of(command: Callable[..., Any]) -> dict[str, Setting]:
    """Name in a file -> setting, of a command's signature."""
    found = {}
    for parameter in inspect.signature(command, eval_str=True).parameters.values():
        kind, info = get_args(parameter.annotation)[:2]
        options = [option for option in info.param_decls or () if option.startswith("--")]
        key = options[0].split("/")[0] if options else parameter.name.replace("_", "-")
        if key.removeprefix("--") not in _NO_SETTINGS:
            found[key.removeprefix("--")] = _setting(parameter, kind)
    return found


def near(key: str, known: Mapping[str, Setting]) -> str:
    """What to say of a name that is none."""
    from difflib import get_close_matches

    from chainrule.cli.foreign import option_hint

    name = key.replace("_", "-")
    found = [name] if name in known else get_close_matches(name, list(known), n=1, cutoff=0.6)
    if found:
        return f"Did you mean {found[0]!r}?"
    hint = option_hint(f"--{name}", [f"--{one}" for one in known], {})
    return hint.replace("--", "") or f"There are: {', '.join(known)}."


def _setting(parameter: inspect.Parameter, kind: Any) -> Setting:
    parts = [part for part in get_args(kind) if part is not NoneType]
    if get_origin(kind) is list:
        parts = [kind]
    kind = parts[0] if parts else kind
    is_list = get_origin(kind) is list
    default = None if parameter.default is parameter.empty else parameter.default
    return Setting(parameter.name, str if is_list else kind, is_list, default)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _single(kind: type, value: Any, where: str) -> Any:
    types, noun = _KINDS[kind]
    if not isinstance(value, types) or (isinstance(value, bool) and kind is not bool):
        raise DataError(f"{where} must be {noun}, found {value!r}.")
    return value
