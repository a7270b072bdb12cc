"""What Python sees of the core; see bindings/."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

_Array = npt.NDArray[Any]
_Form = dict[str, Any]

compiler: str

def instruction_set() -> str: ...
def instruction_sets() -> list[str]: ...
def use_instruction_set(name: str) -> None: ...
def available_threads() -> int: ...
def fma_peak(seconds: float, n_threads: int) -> float: ...
def core_round_trip(rounds: int) -> float: ...
def stream_bandwidth(n_bytes: int, seconds: float, n_threads: int) -> float: ...
def evaluate(function: str, x: _Array, out: _Array) -> None: ...
def initialize(distribution: int, scale: float, seed: int, layer: int, w: _Array) -> None: ...
def permutation(n: int, seed: int, stream: int, epoch: int) -> npt.NDArray[np.int64]: ...
def philox(counter: list[int], key: int) -> list[int]: ...
def fit_float32(
    network: _Form,
    training: _Form,
    params: list[_Array],
    state: _Form,
    train: _Form,
    validation: _Form,
    metric: int,
    metric_function: Callable[[_Array], float] | None,
    epoch_function: Callable[[int, float, float, float, float], float] | None,
    asked_to_stop: Callable[[], bool] | None,
    out_params: list[_Array],
    out_moments: dict[str, list[_Array]],
) -> _Form: ...

fit_float64 = fit_float32

class PackedFloat32:
    def __init__(self, network: _Form, params: list[_Array]) -> None: ...
    def predict(self, x: Any, logits: bool, n_threads: int) -> _Array | None: ...

PackedFloat64 = PackedFloat32

def trace_float32(
    network: _Form,
    training: _Form,
    params: list[_Array],
    state: _Form,
    rows: _Form,
    dropout_epoch: int,
    update: bool,
    out_params: list[_Array],
    out_moments: dict[str, list[_Array]],
    out_grads: list[_Array],
    /,
) -> _Form: ...

trace_float64 = trace_float32

def fit_start_to_data_float32(
    network: _Form, params: list[_Array], rows: _Form, seed: int, out_params: list[_Array], /
) -> None: ...

fit_start_to_data_float64 = fit_start_to_data_float32

def numeric_gradients(
    network: _Form,
    training: _Form,
    params: list[_Array],
    rows: _Form,
    dropout_epoch: int,
    parameters: _Array,
    indices: _Array,
    n_threads: int,
    /,
) -> npt.NDArray[np.float64]: ...
