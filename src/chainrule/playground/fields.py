"""Entries of a message, read strictly: what a browser sends is never trusted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from chainrule.errors import ChainruleError

_NONE = object()


class MessageError(ChainruleError):
    """A message that cannot be answered, with the entry and what was found."""


class Fields:
    """The entries of one message. Each reader raises `MessageError` for what it cannot use.

    Parameters
    ----------
    message : mapping
    """

    def __init__(self, message: Mapping[str, Any]) -> None:
        self._message = message
        self._read = {"type", "id", "v", "lane"}

    def text(self, name: str, default: Any = _NONE, *, longest: int = 200) -> str:
        """Text, or `MessageError`."""
        value = self._get(name, default)
        if value is not default and (not isinstance(value, str) or len(value) > longest):
            raise MessageError(f"{name} must be text of at most {longest} characters.")
        return str(value)

    def number(self, name: str, default: Any = _NONE) -> float:
        """A finite number, or `MessageError`."""
        value = self._get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not finite(value):
            raise MessageError(f"{name} must be a finite number, found {_shown(value)}.")
        return float(value)

    def whole(self, name: str, default: Any = _NONE, *, low: int = 0, high: int = 2**31) -> Any:
        """A whole number from `low` to `high`, or `MessageError`; `default` may be None."""
        value = self._get(name, default)
        if value is default:
            return value
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            shown = _shown(value)
            raise MessageError(f"{name} must be a whole number {low} to {high}, found {shown}.")
        return value

    def numbers(self, name: str, *, most: int) -> list[float]:
        """A list of finite numbers, or `MessageError`."""
        value = self._get(name, _NONE)
        if not isinstance(value, list) or not 0 < len(value) <= most:
            raise MessageError(f"{name} must be a list of 1 to {most} numbers.")
        if not all(isinstance(v, int | float) and finite(v) for v in value):
            raise MessageError(f"{name} must hold finite numbers only.")
        return [float(v) for v in value]

    def mapping(self, name: str, default: Any = _NONE) -> dict[str, Any]:
        """An object, or `MessageError`."""
        value = self._get(name, default)
        if value is not default and not isinstance(value, dict):
            raise MessageError(f"{name} must be an object, found {_shown(value)}.")
        return dict(value)

    def items(self, name: str, default: Any = _NONE, *, most: int = 64) -> Any:
        """A list, or `MessageError`; `default` may be None."""
        value = self._get(name, default)
        if value is default:
            return value
        if not isinstance(value, list) or len(value) > most:
            raise MessageError(f"{name} must be a list of at most {most} entries.")
        return value

    def end(self) -> None:
        """Raise `MessageError` where an entry was not read: it would be ignored in silence."""
        unknown = [str(name)[:40] for name in self._message if name not in self._read]
        if unknown:
            kind = self._message.get("type")
            raise MessageError(f"a message {kind!r} has no entry {', '.join(unknown[:5])}.")

    def _get(self, name: str, default: Any) -> Any:
        self._read.add(name)
        value = self._message.get(name, default)
        if value is _NONE:
            raise MessageError(f"the message lacks {name!r}.")
        return value


def finite(value: float) -> bool:
    """Whether it is a finite float64; whole numbers may be too large for one."""
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _shown(value: Any) -> str:
    return repr(value)[:60]
