"""Whether rows are those a model was trained on: a sketch of their hashes, kept in its file.

A row's hash is of its encoded inputs and its target. Of all hashes the smallest `KEPT` stay (a
bottom-k sketch, Bar-Yossef et al. 2002): which rows those are does not depend on the table's order,
so that the share of rows that training has seen can be told from them. Nothing can be read back.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.errors import ModelFileError

KEPT = 2_000
# Where new rows would often equal an old one by chance, nothing is said.
_LEAST_SHARE = 0.05
_SIGMAS = 4.0


@dataclass(frozen=True)
class TrainedRows:
    """Hashes of training rows.

    Attributes
    ----------
    hashes : ndarray of uint64, ascending
        The smallest ones.
    twins : float
        Share of the rows that equal another one: how often a new row would, by chance.
    """

    hashes: np.ndarray
    twins: float

    @classmethod
    def of(cls, inputs: np.ndarray, target: np.ndarray) -> TrainedRows:
        """From encoded rows."""
        found, counts = np.unique(_hashes(inputs, target), return_counts=True)
        twins = counts[counts > 1].sum() / len(inputs)
        return cls(found[:KEPT], float(twins))

    def joined(self, other: TrainedRows) -> TrainedRows:
        """Those of both."""
        hashes = np.union1d(self.hashes, other.hashes)
        return TrainedRows(hashes[:KEPT], max(self.twins, other.twins))

    def n_known(self, inputs: np.ndarray, target: np.ndarray) -> int:
        """About how many of these rows are training rows; 0 where chance may explain it."""
        hashes = _hashes(inputs, target)
        if len(self.hashes) == KEPT:
            hashes = hashes[hashes <= self.hashes[-1]]
        if not len(hashes):
            return 0
        share = float(np.isin(hashes, self.hashes).mean())
        chance = self.twins + _SIGMAS * np.sqrt(self.twins * (1 - self.twins) / len(hashes))
        if share < max(chance, _LEAST_SHARE) or self.twins > 0.5:
            return 0
        return round(share * len(inputs))

    def to_json(self) -> dict[str, Any]:
        """Base64 text of the hashes, little-endian."""
        text = base64.b64encode(self.hashes.astype("<u8").tobytes()).decode()
        return {"hashes": text, "twins": self.twins}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> TrainedRows:
        """The inverse of `to_json`; `ModelFileError` for what is no such form."""
        try:
            raw, twins = base64.b64decode(form["hashes"], validate=True), float(form["twins"])
        except (KeyError, TypeError, ValueError):
            raise ModelFileError("the model's record of its training rows is malformed.") from None
        if len(raw) % 8 or len(raw) > 8 * KEPT or not 0.0 <= twins <= 1.0:
            raise ModelFileError("the model's record of its training rows is malformed.")
        return cls(np.frombuffer(raw, "<u8").astype(np.uint64), twins)


def _hashes(inputs: np.ndarray, target: np.ndarray) -> np.ndarray:
    """64 bits a row: sums of its words times odd numbers, mixed (splitmix64's finish)."""
    y = np.asarray(target, np.float64).reshape(len(target), -1) + 0.0  # no -0
    words = [np.ascontiguousarray(part).view(np.uint32) for part in (inputs + 0.0, y)]
    random = np.random.Generator(np.random.PCG64(20_260_101))
    total = np.zeros(len(inputs), np.uint64)
    for part in words:
        for column in part.T:
            odd = random.integers(0, 1 << 63, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
            total = _mixed(total ^ (column.astype(np.uint64) * odd))
    return total


def _mixed(h: np.ndarray) -> np.ndarray:
    h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(h ^ (h >> np.uint64(31)))
