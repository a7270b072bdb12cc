"""Pickles of the four estimators, through the bytes of their model file."""

from __future__ import annotations

from abc import abstractmethod
from importlib import import_module
from typing import Any, ClassVar

from chainrule.errors import ModelFileError
from chainrule.estimators.saved import arguments_to_json
from chainrule.files import ModelRecord, from_bytes, to_bytes
from chainrule.files.pickled import PickledAsFile


class PickledEstimator(PickledAsFile):
    """What the four have in common: the arguments go beside the file, and agree with it."""

    _kind: ClassVar[str]

    @abstractmethod
    def _pickled_record(self) -> ModelRecord | None:
        """What a file would hold; None before a fit."""

    def _file_bytes(self) -> bytes | None:
        record = self._pickled_record()
        if record is None:
            return None
        kind = next(base for base in type(self).__mro__ if "_kind" in vars(base))
        names = set(kind._get_param_names())  # type: ignore[attr-defined]  # a subclass has others
        arguments = record.extra["arguments"].items()
        record.extra["arguments"] = {name: value for name, value in arguments if name in names}
        return to_bytes(record, allow_nonfinite=True)

    def _take_file(self, data: bytes, beside: dict[str, Any]) -> None:
        record = from_bytes(data, allow_nonfinite=True)
        # By its name, since that module imports those of the estimators.
        made = import_module("chainrule.estimators.load").from_record(record)
        if record.kind != self._kind:
            raise ModelFileError(f"the pickle of a {type(self).__name__} holds a {record.kind}.")
        known = record.extra["arguments"]
        given = arguments_to_json({name: beside[name] for name in known if name in beside})
        for name in sorted(name for name in given if given[name] != known[name]):
            raise ModelFileError(f"the pickle's argument '{name}' is not that of its model.")
        names = self._of_file | known.keys()
        self.__dict__.update({k: value for k, value in vars(made).items() if k in names})
