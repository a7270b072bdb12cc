"""Names of the types that the equations speak of."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

Array = npt.NDArray[Any]  # float64, or complex128 in the complex step
Params = dict[str, Array]  # "W1" (n_1, n_0), "b1" (n_1,), "W2", ...
PerLayer = list[Any]  # length L + 1, indexed by the layer l; an entry is an Array or None
