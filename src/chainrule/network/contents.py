"""What the file of a `Network` holds beside its network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainrule.errors import ModelFileError
from chainrule.files.entries import check_entries, refuse


def check_network(n_networks: int, extra: Mapping[str, Any]) -> None:
    """Raise `ModelFileError` unless these are the entries of a `Network`."""
    if n_networks > 1:
        raise ModelFileError(f"a network is one; the file holds {n_networks}.")
    check_entries(extra, "extra", {}, {"random_state": _check_seed})


def _check_seed(value: Any, where: str) -> None:
    """64 bits, in digits where JSON has no number for them."""
    digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20
    whole = int(value) if digits or type(value) is int else -1
    if not 0 <= whole < 1 << 64:
        refuse(where, "a whole number of 64 bits", value)
