"""Pickles of models: what a file would hold goes in as that file's bytes, and is read as one.

What only a living model has, such as functions among its arguments and the answers of its
validation rows, goes beside the bytes, under names that the file does not use.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

from chainrule.errors import ModelFileError

_PARTS = {"model": bytes | None, "beside": dict, "unfiled": list}


class PickledAsFile(ABC):
    """`pickle` and joblib through the bytes of a model file; `copy` without them."""

    # Attributes that the file holds, or that are of no use without its networks.
    _of_file: ClassVar[frozenset[str]]
    # Attributes that are made when they are needed; None until then.
    _when_needed: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def _file_bytes(self) -> bytes | None:
        """Of a file that holds this model; None before it has networks."""

    @abstractmethod
    def _take_file(self, data: bytes, beside: dict[str, Any]) -> None:
        """Set the attributes of such a file, which must agree with those beside it.

        Raises `ModelFileError` where they do not, or a file of these bytes would be refused.
        """

    def _unfiled(self) -> list[Any]:
        """What the networks know that no file keeps."""
        return []

    def _take_unfiled(self, unfiled: list[Any]) -> None:
        """Give it back to them; raises `ValueError` or `TypeError` where it is not theirs."""
        if unfiled:
            raise ValueError

    def __getstate__(self) -> dict[str, Any]:
        data = self._file_bytes()
        beside = {name: value for name, value in vars(self).items() if name not in self._of_file}
        return {"model": data, "beside": beside, "unfiled": [] if data is None else self._unfiled()}

    def __setstate__(self, state: Any) -> None:
        """Raises `ModelFileError` where a file of the same contents would be refused."""
        whole = isinstance(state, dict) and state.keys() == _PARTS.keys()
        if not whole or not all(isinstance(state[name], kind) for name, kind in _PARTS.items()):
            raise ModelFileError(
                f"this pickle of a {type(self).__name__} is damaged, or of a version of chainrule "
                "that pickled otherwise.",
                "Keep models in files, with save and chainrule.load.",
            )
        data, beside = state["model"], state["beside"]
        for name in sorted(self._of_file & beside.keys()):
            raise ModelFileError(f"the pickle has a '{name}' beside the model's bytes.")
        if data is not None:
            self._take_file(data, beside)
            try:
                self._take_unfiled(state["unfiled"])
            except (TypeError, ValueError):
                raise ModelFileError("the pickle tells of other networks than its model.") from None
        self.__dict__.update(beside)

    def __copy__(self) -> Self:
        made = type(self).__new__(type(self))
        made.__dict__.update(vars(self))
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        memo[id(self)] = made = type(self).__new__(type(self))
        lacks = dict.fromkeys(self._when_needed)
        made.__dict__.update(copy.deepcopy({**vars(self), **lacks}, memo))
        return made
