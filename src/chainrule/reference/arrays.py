"""Names of the types that the equations speak of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]  # the complex step passes complex128 through the same lines
Params = dict[str, Array]  # "W1" (n_1, n_0), "b1" (n_1,), "W2", ...
PerLayer = list[Any]  # length L + 1, indexed by the layer l; an entry is an Array or None
Indices = npt.NDArray[np.int64]  # of rows or units
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]  # of 32 random bits each
Forward = Callable[[Array], Array]  # a layer inside another, from a to out
Backward = Callable[[Array], Array | None]  # the same layer, from dl/dout to dl/da
