"""The periodic embedding: numbers as a few learned combinations of cosines."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chainrule.spec.checks import check_count
from chainrule.spec.layers.layer import Layer, Parameter, Start

MAX_OUTPUTS = 16


@dataclass(frozen=True)
class PeriodicEmbedding(Layer):
    """Each of its columns x becomes `outputs` + 1 numbers,

        e = [weight cos(2 pi frequency x + phase) + bias ; x]

    with parameters of its own. Source: Holzmüller et al., "Better by default", arXiv 2407.04491
    (PBLD), after Gorishniy et al., arXiv 2203.05556.

    Attributes
    ----------
    frequencies : int
        Cosines a column. Parameters, for n columns: `frequency` and `phase` of shape
        (n, frequencies), `weight` (n * outputs, frequencies), `bias` (n, outputs).
    outputs : int
        Beside x itself.
    """

    kind = "periodic"
    reads_features = True

    frequencies: int = 16
    outputs: int = 3

    def check(self, where: str) -> None:
        check_count(f"frequencies of {where}", self.frequencies)
        check_count(f"outputs of {where}", self.outputs, MAX_OUTPUTS)

    def n_out(self, n_in: int, where: str) -> int:
        return n_in * (self.outputs + 1)

    def parameters(self, n_in: int) -> tuple[Parameter, ...]:
        size = 1.0 / math.sqrt(self.frequencies)
        per_column = (n_in, self.frequencies)
        return (
            Parameter("frequency", per_column, Start("normal", 0.1, 0x8001)),
            Parameter("phase", per_column, Start("uniform", math.pi, 0x8002)),
            Parameter(
                "weight", (n_in * self.outputs, self.frequencies), Start("uniform", size, 0x8003)
            ),
            Parameter("bias", (n_in, self.outputs), Start("uniform", size, 0x8004)),
        )

    def label(self) -> str:
        return f"{self.outputs} of {self.frequencies} frequencies a column"
