"""Networks packed once for an owner's many predictions, and again where a number has changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self
from weakref import WeakKeyDictionary

import numpy as np

from chainrule.engine.compute import Predictor
from chainrule.engine.rows import Params, parameter_list
from chainrule.spec import NetworkSpec


@dataclass(frozen=True)
class _Packed:
    spec: NetworkSpec
    arrays: dict[str, tuple[tuple[int, ...], np.dtype[Any], bytes]]
    predictor: Predictor

    @classmethod
    def of(cls, spec: NetworkSpec, params: Params) -> Self:
        arrays = dict(zip(spec.parameters, parameter_list(spec, params), strict=True))
        known = {name: (a.shape, a.dtype, a.tobytes()) for name, a in arrays.items()}
        return cls(spec, known, Predictor(spec, arrays))

    def is_of(self, spec: NetworkSpec, params: Params) -> bool:
        """Whether these are the parameters, to the bit, and this is the network."""
        if self.spec is not spec and self.spec != spec:
            return False
        for name, (shape, dtype, numbers) in self.arrays.items():
            array = params.get(name)
            if type(array) is not np.ndarray or array.shape != shape or array.dtype != dtype:
                return False
            if array.tobytes() != numbers:  # both at the speed of memory
                return False
        return True


_kept: WeakKeyDictionary[object, dict[int, _Packed]] = WeakKeyDictionary()


def kept_predictor(owner: object, spec: NetworkSpec, params: Params, place: int = 0) -> Predictor:
    """The predictor of an owner's network, packed at first use.

    Parameters
    ----------
    owner : object
        Whose network it is; what is kept goes with it, and is no part of it.
    spec : NetworkSpec
    params : dict of str to ndarray
        Compared with what was packed: a change in place shows at the next call.
    place : int
        Which of the owner's networks.

    Returns
    -------
    Predictor

    Raises
    ------
    DataError
        Naming the parameter that is missing or has another shape.
    """
    packed = _kept.get(owner, {}).get(place)
    if packed is None or not packed.is_of(spec, params):
        packed = _Packed.of(spec, params)
        _kept.setdefault(owner, {})[place] = packed
    return packed.predictor
