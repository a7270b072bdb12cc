"""TOML: read whole, and written for what settings are: text, numbers, switches, and lists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chainrule.errors import DataError

_CONTROL = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029)}


def read_toml(path: str) -> dict[str, Any]:
    """The tables of a file.

    Raises
    ------
    DataError
        Where it cannot be read or is no TOML, with the line.
    """
    import tomllib

    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise DataError(
            f"cannot open {path!r}: {(error.strerror or str(error)).lower()}."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path} is not TOML: {error}.", 'Text stands in quotes: k = "v"') from None


def in_toml(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """A file of tables."""
    parts = []
    for name, settings in tables.items():
        lines = [f"[{name}]", *(f"{key} = {written(value)}" for key, value in settings.items())]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def written(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).translate(_CONTROL)
    return repr(value)
