"""How a network is trained: optimizer, schedule, batches, penalties, stopping, seed, threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, NamedTuple

from chainrule.errors import SpecError
from chainrule.spec.checks import check_flag, check_number, check_whole


class OptimizerRow(NamedTuple):
    """What is true of an optimizer on every floor.

    Attributes
    ----------
    constants : dict of str to float
        Those that it reads, with their defaults.
    moments : tuple of str
        The arrays that it keeps for every parameter.
    """

    constants: dict[str, float]
    moments: tuple[str, ...] = ()


_ADAM = OptimizerRow(
    {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}, ("first_moment", "second_moment")
)
OPTIMIZERS = {
    "sgd": OptimizerRow({}),
    "momentum": OptimizerRow({"momentum": 0.9}, ("velocity",)),
    "nesterov": OptimizerRow({"momentum": 0.9}, ("velocity",)),
    "adagrad": OptimizerRow({"epsilon": 1e-10}, ("square_sum",)),
    "rmsprop": OptimizerRow({"rho": 0.99, "epsilon": 1e-8}, ("second_moment",)),
    "adam": _ADAM,
    "adamw": _ADAM,
}

# schedule -> its constants with their defaults. t = steps done / total steps, epochs count from 0.
SCHEDULES: dict[str, dict[str, float]] = {
    "constant": {},
    "step": {"every": 30.0, "factor": 0.1},  # factor ** (epoch // every)
    "exponential": {"factor": 0.99},  # factor ** epoch
    "cosine": {"warmup": 0.0},  # linear over the first `warmup` share, then (1 + cos(pi t')) / 2
    "plateau": {"factor": 0.5, "patience": 10.0, "floor": 1e-3},  # lowered when the loss stalls
    "coslog4": {"cycles": 4.0},  # (1 - cos(2 pi log2(1 + (2^cycles - 1) t))) / 2
    "flat_cos": {},  # 1 while t < 1/2, then (1 + cos(pi (2t - 1))) / 2
}


# What came after the first file format; off, it is left out of the JSON form.
_ADDED_SWITCHES = ("penalty_per_batch", "epsilon_hat")
_ADDED_SCHEDULES = ("weight_decay_schedule", "dropout_schedule")


@dataclass(frozen=True)
class Schedule:
    """The factor on the learning rate over the course of training.

    Attributes
    ----------
    name : str
        A key of `SCHEDULES`.
    constants : mapping of str to float
        Those of `SCHEDULES[name]`; the ones not given take the default.

    Raises
    ------
    SpecError
        For an unknown name or constant, and for a constant outside its range.
    """

    name: str = "constant"
    constants: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or self.name not in SCHEDULES:
            raise SpecError(
                f"unknown schedule {self.name!r}; the schedules are {', '.join(SCHEDULES)}."
            )
        defaults = SCHEDULES[self.name]
        if not isinstance(self.constants, Mapping):
            raise SpecError(
                f"constants of schedule '{self.name}' must be a mapping, found {self.constants!r}."
            )
        for key, value in self.constants.items():
            if key not in defaults:
                known = ", ".join(defaults) or "none"
                raise SpecError(f"schedule '{self.name}' has no constant '{key}'; it has: {known}.")
            check_number(f"{key} of schedule '{self.name}'", value, low=0.0)
        merged = {key: float(self.constants.get(key, default)) for key, default in defaults.items()}
        if merged.get("every", 1.0) < 1.0:
            raise SpecError(
                f"'every' of schedule 'step' must be at least 1, found {merged['every']}."
            )
        if merged.get("warmup", 0.0) > 1.0:
            raise SpecError(f"'warmup' is the share of steps, at most 1, found {merged['warmup']}.")
        if merged.get("cycles", 1.0) > 32.0:
            raise SpecError(
                f"'cycles' of schedule 'coslog4' must be at most 32, found {merged['cycles']}."
            )
        object.__setattr__(self, "constants", merged)

    def __hash__(self) -> int:
        return hash((self.name, tuple(sorted(self.constants.items()))))

    @classmethod
    def of(cls, value: Any) -> Schedule:
        """From a name, a mapping with 'name' and constants, or a Schedule; else `SpecError`.

        Parameters
        ----------
        value : str, mapping or Schedule

        Returns
        -------
        Schedule

        Raises
        ------
        SpecError
            Naming the entry that cannot be.
        """
        if isinstance(value, Schedule):
            return value
        if isinstance(value, str):
            return cls(value)
        if isinstance(value, Mapping) and isinstance(value.get("name"), str):
            return cls(value["name"], {k: v for k, v in value.items() if k != "name"})
        raise SpecError(
            "schedule must be a name or a mapping such as {'name': 'step', 'every': 30}, "
            f"found {value!r}."
        )

    def to_json(self) -> dict[str, Any]:
        """Its name and its constants, as plain values.

        Returns
        -------
        dict
        """
        return {"name": self.name, **self.constants}


@dataclass(frozen=True)
class TrainingSpec:
    """Everything that `fit` needs besides the network, its parameters and the rows.

    Attributes
    ----------
    optimizer : str
        A key of `OPTIMIZERS`.
    momentum, rho, beta1, beta2, epsilon : float or None
        Its constants; None for the optimizer's default.
    epsilon_hat : bool
        Adam's first / (sqrt(second) + epsilon) before both biases are corrected, as at the end of
        section 2 of Kingma and Ba (2015), in scikit-learn and in TensorFlow; else after it.
    learning_rate : float
        eta before schedule and group factor.
    schedule : Schedule
    epochs : int
        Passes over the training rows.
    batch_size : int or None
        Rows per step; None is the full batch, which is never shuffled. A short last batch is kept.
    reduction : "mean" or "sum"
        Whether a batch's loss, and so its gradient, is the weighted mean or sum over its rows. The
        mean divides the weighted sum by the rows' weights of a full batch, and for a mini-batch by
        its rows times the mean weight of all training rows: a step is then an unbiased estimate of
        the full batch's, where the sum of its own weights would cancel them.
    l1, l2 : float
        Add l1 sum |W| + l2/2 sum W^2 to the reduced loss; weights only.
    penalty_per_batch : bool
        As scikit-learn's MLP does, divide loss, l1 and l2 by the sum of the batch's own row
        weights, which makes the penalty strongest in a short batch, and count each batch in the
        history by its rows. A batch whose weights are all 0 makes no step.
    weight_decay : float
        Decoupled: W <- W (1 - eta weight_decay) before the step; weights only, unless
        `weight_decay_factors` name others.
    weight_decay_schedule, dropout_schedule : Schedule
        Factors on `weight_decay` and on every dropout rate over the course of training; any but
        "plateau".
    clip_norm : float or None
        Scales the gradient of all parameters together to at most this Euclidean norm.
    patience : int or None
        Stop after this many epochs without a lower validation loss or metric (training loss where
        there are no validation rows).
    tol : float
        With `patience`, the drop that counts as an improvement. Without it, a positive value stops
        as soon as one epoch lowers the loss by less than this.
    time_limit : float or None
        Seconds after which training stops at the next epoch's end.
    shuffle : bool
        New row order every epoch.
    seed : int
        64 bits; decides initialisation, order of rows and dropout masks.
    n_threads : int or None
        None chooses; never changes a result.
    learning_rate_factors, weight_decay_factors : mapping of str to float
        By parameter name ("W1") or family ("b"); the name wins. A rate factor of 0 freezes.

    Raises
    ------
    SpecError
        Naming the entry that cannot be, or two that do not go together.
    """

    optimizer: str = "adam"
    learning_rate: float = 1e-3
    schedule: Schedule = field(default_factory=Schedule)
    epochs: int = 100
    batch_size: int | None = 32
    reduction: str = "mean"
    l1: float = 0.0
    l2: float = 0.0
    penalty_per_batch: bool = False
    weight_decay: float = 0.0
    weight_decay_schedule: Schedule = field(default_factory=Schedule)
    dropout_schedule: Schedule = field(default_factory=Schedule)
    clip_norm: float | None = None
    patience: int | None = None
    tol: float = 0.0
    time_limit: float | None = None
    shuffle: bool = True
    seed: int = 0
    n_threads: int | None = None
    momentum: float | None = None
    rho: float | None = None
    beta1: float | None = None
    beta2: float | None = None
    epsilon: float | None = None
    epsilon_hat: bool = False
    learning_rate_factors: Mapping[str, float] = field(default_factory=dict)
    weight_decay_factors: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.optimizer, str) or self.optimizer not in OPTIMIZERS:
            raise SpecError(
                f"unknown optimizer {self.optimizer!r}; the optimizers are {', '.join(OPTIMIZERS)}."
            )
        for name in ("schedule", *_ADDED_SCHEDULES):
            object.__setattr__(self, name, Schedule.of(getattr(self, name)))
        for name in _ADDED_SCHEDULES:
            if getattr(self, name).name == "plateau":
                raise SpecError(f"{name} cannot be 'plateau', which is for the learning rate.")
        if not isinstance(self.reduction, str) or self.reduction not in ("mean", "sum"):
            raise SpecError(f"reduction must be 'mean' or 'sum', found {self.reduction!r}.")
        for name in ("learning_rate", "l1", "l2", "weight_decay", "tol"):
            check_number(name, getattr(self, name), low=0.0)
        for name in ("clip_norm", "time_limit"):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name), low=0.0, open_low=True)
        check_whole("epochs", self.epochs, 0)
        for name in ("batch_size", "n_threads", "patience"):
            if getattr(self, name) is not None:
                check_whole(name, getattr(self, name), 1)
        check_whole("seed", self.seed, 0, (1 << 64) - 1)
        for name in ("shuffle", "penalty_per_batch", "epsilon_hat"):
            check_flag(name, getattr(self, name))
        if self.penalty_per_batch and self.reduction == "sum":
            raise SpecError("penalty_per_batch goes with reduction 'mean', found 'sum'.")
        for name in ("momentum", "rho", "beta1", "beta2"):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name), low=0.0, high=1.0)
        for name in ("beta1", "beta2"):  # adam divides by 1 - beta^t
            if getattr(self, name) == 1.0:
                raise SpecError(f"{name} must be below 1, found {getattr(self, name)!r}.")
        if self.epsilon is not None:
            check_number("epsilon", self.epsilon, low=0.0)
        for name in ("learning_rate_factors", "weight_decay_factors"):
            factors = getattr(self, name)
            if not isinstance(factors, Mapping) or not all(isinstance(key, str) for key in factors):
                raise SpecError(
                    f"{name} must map parameter names such as 'W1' or 'b' to numbers, "
                    f"found {factors!r}."
                )
            for key, value in factors.items():
                check_number(f"{name}['{key}']", value, low=0.0)
            object.__setattr__(self, name, dict(factors))

    def constant(self, name: str) -> float:
        """A constant of the optimizer: as given, else the optimizer's default, else 0.

        Parameters
        ----------
        name : str
            Such as "beta1".

        Returns
        -------
        float
        """
        given = getattr(self, name)
        return float(
            OPTIMIZERS[self.optimizer].constants.get(name, 0.0) if given is None else given
        )

    def learning_rate_factor(self, parameter: str) -> float:
        """Factor on the learning rate of a parameter such as "W1"; 1 unless set.

        Parameters
        ----------
        parameter : str
            Its name, such as "W1".

        Returns
        -------
        float
        """
        return _factor(self.learning_rate_factors, parameter)

    def weight_decay_factor(self, parameter: str) -> float:
        """Factor on the weight decay of a parameter: 1 for weights, 0 for the rest unless set.

        Parameters
        ----------
        parameter : str
            Its name, such as "W1".

        Returns
        -------
        float
        """
        return _factor(self.weight_decay_factors, parameter, 1.0 if parameter[0] == "W" else 0.0)

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives back an equal spec.

        Returns
        -------
        dict
        """
        form = asdict(self)
        form["schedule"] = self.schedule.to_json()
        for name in _ADDED_SCHEDULES:
            schedule = getattr(self, name)
            form[name] = schedule.to_json()
            if schedule.name == "constant":
                del form[name]
        for switch in _ADDED_SWITCHES:  # files without them stay as they are
            if not form[switch]:
                del form[switch]
        return form

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> TrainingSpec:
        """Build from the JSON form; an unknown key raises `SpecError`.

        Parameters
        ----------
        form : mapping
            As `to_json` makes it.

        Returns
        -------
        TrainingSpec

        Raises
        ------
        SpecError
            Naming the entry that cannot be.
        """
        if not isinstance(form, Mapping):
            raise SpecError(f"training must be a description with named entries, found {form!r}.")
        known = {f.name for f in fields(cls)}
        for key in form:
            if key not in known:
                raise SpecError(f"training has an unknown entry '{key}'.")
        return cls(**form)


def _factor(factors: Mapping[str, float], parameter: str, default: float = 1.0) -> float:
    family = parameter.rstrip("0123456789")
    return float(factors.get(parameter, factors.get(family, default)))
