"""Networks packed once for an owner's many predictions, and again where a number has changed."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from chainrule.engine.compute import Predictor
from chainrule.engine.rows import Array, Params, parameter_list
from chainrule.spec import NetworkSpec


@dataclass(frozen=True)
class _Packed:
    spec: NetworkSpec
    numbers: list[bytes]
    predictor: Predictor

    def is_of(self, spec: NetworkSpec, arrays: list[Array]) -> bool:
        """Whether these are the parameters, to the bit, and this is the network."""
        if self.spec is not spec and self.spec != spec:
            return False
        return [array.tobytes() for array in arrays] == self.numbers


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
    """
    arrays = parameter_list(spec, params)
    packed = _kept.get(owner, {}).get(place)
    if packed is None or not packed.is_of(spec, arrays):
        predictor = Predictor(spec, dict(zip(spec.parameters, arrays, strict=True)))
        packed = _Packed(spec, [array.tobytes() for array in arrays], predictor)
        _kept.setdefault(owner, {})[place] = packed
    return packed.predictor
