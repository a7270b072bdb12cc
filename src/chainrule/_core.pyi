"""What Python sees of the core; see bindings/."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

_Array = npt.NDArray[Any]
_EpochFunction = Callable[[int, float, float, float, float, Callable[[], "SavedState"]], float]

compiler: str

def instruction_set() -> str: ...
def instruction_sets() -> list[str]: ...
def has_bfloat16() -> bool: ...
def use_instruction_set(name: str) -> None: ...
def available_threads() -> int: ...
def leave(seconds: float, tells_leaks: bool) -> None: ...
def forget_calls() -> None: ...
def fma_peak(seconds: float, n_threads: int) -> float: ...
def core_round_trip(rounds: int) -> float: ...
def latency(operation: str, rounds: int) -> float: ...
def stream_bandwidth(n_bytes: int, seconds: float, n_threads: int) -> float: ...
def evaluate(function: str, x: _Array, out: _Array) -> None: ...
def initialize(distribution: str, size: float, seed: int, layer: int, w: _Array) -> None: ...
def permutation(n: int, seed: int, stream: str, epoch: int) -> npt.NDArray[np.int64]: ...
def philox(counter: list[int], key: int) -> list[int]: ...

class NetworkPlan:
    parameters: list[str]
    def __init__(
        self,
        n_features: int,
        layers: list[Any],
        n_outputs: int,
        loss: str,
        huber_delta: float,
        quantiles: list[float],
        bfloat16: bool = False,
    ) -> None: ...

class SchedulePlan:
    def __init__(self, name: str) -> None: ...

class GroupPlan:
    def __init__(self, rate: float, decay: float) -> None: ...

class TrainingPlan:
    mean: bool
    n_threads: int
    groups: list[GroupPlan]
    momentum: float
    beta1: float
    beta2: float
    epsilon: float
    time_limit: float
    careful: bool
    def __init__(self, optimizer: str) -> None: ...

class TableArrays:
    def __init__(
        self,
        x: _Array,
        y: _Array | None,
        classes: _Array | None,
        weights: _Array | None,
        rows: _Array | None,
        pins: list[Any],
    ) -> None: ...

class StateArrays:
    def __init__(
        self,
        epoch: int,
        n_steps: int,
        beta1_power: float,
        beta2_power: float,
        first: list[_Array],
        second: list[_Array],
        best: list[_Array],
        rate_factor: float,
    ) -> None: ...

class SavedState:
    values: list[_Array]
    first: list[_Array]
    second: list[_Array]
    epoch: int
    n_steps: int
    beta1_power: float
    beta2_power: float
    best: list[_Array]
    best_epoch: int
    rate_factor: float
    stop_reason: str

class History:
    def __init__(
        self,
        loss: list[float],
        penalty: list[float],
        validation_loss: list[float],
        validation_metric: list[float],
        best_epoch: int,
    ) -> None: ...

    loss: list[float]
    penalty: list[float]
    validation_loss: list[float]
    validation_metric: list[float]
    best_epoch: int
    n_steps: int
    stop_reason: str
    diverged_epoch: int
    diverged_step: int

class Fitted:
    state: SavedState
    history: History
    failed: list[_Array]
    milestone_epoch: int
    milestone: SavedState

def fit(
    network: NetworkPlan,
    training: TrainingPlan,
    values: list[_Array],
    state: StateArrays,
    train: TableArrays,
    validation: TableArrays | None,
    metric: str,
    metric_function: Callable[[_Array], float] | None,
    outputs_function: Callable[[_Array], None] | None,
    epoch_function: _EpochFunction | None,
    asked_to_stop: Callable[[], bool] | None,
    first_epoch: int,
    past: History,
) -> Fitted: ...
def fit_start_to_data(
    network: NetworkPlan, values: list[_Array], rows: TableArrays, seed: int
) -> list[_Array]: ...

class PackedNetwork:
    def predict(self, x: Any, logits: bool, n_threads: int) -> tuple[_Array, bool] | None: ...

def packed(network: NetworkPlan, values: list[_Array]) -> PackedNetwork: ...

class LayerTrace:
    out: _Array
    delta: _Array
    shown: dict[str, _Array]

class Traced:
    state: SavedState
    layers: list[LayerTrace]
    gradients: list[_Array]
    x: _Array
    output: _Array
    output_slope: _Array
    losses: _Array
    loss_sum: float
    weight_sum: float

def trace(
    network: NetworkPlan,
    training: TrainingPlan,
    values: list[_Array],
    state: StateArrays,
    rows: TableArrays,
    dropout_epoch: int,
) -> Traced: ...
def pullback(
    network: NetworkPlan,
    values: list[_Array],
    rows: TableArrays,
    seeds: _Array,
    n_threads: int,
) -> _Array: ...
def numeric_gradients(
    network: NetworkPlan,
    training: TrainingPlan,
    values: list[_Array],
    rows: TableArrays,
    dropout_epoch: int,
    parameters: _Array,
    indices: _Array,
    n_threads: int,
) -> npt.NDArray[np.float64]: ...
