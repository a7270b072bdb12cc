"""What a report says, as data: computed once, and written as a page and as a model card alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.explain.explanation import Explanation


@dataclass(frozen=True)
class Scored:
    """A metric with its interval and the baseline's value.

    Attributes
    ----------
    name : str
        As `evaluate` has it.
    label : str
        The same for people.
    value, low, high, baseline : float
    """

    name: str
    label: str
    value: float
    low: float
    high: float
    baseline: float


@dataclass(frozen=True)
class ScoreTable:
    """The scores of some rows.

    Attributes
    ----------
    rows : str
        Which rows, as a heading.
    how : str
        How they were answered, a sentence or "".
    scores : tuple of Scored
    """

    rows: str
    how: str
    scores: tuple[Scored, ...]


@dataclass(frozen=True)
class Verdict:
    """Whether the model is worth having.

    Attributes
    ----------
    level : "better", "unclear" or "worse"
        Than the baseline, by the interval of the first metric.
    sentence : str
        In numbers.
    remarks : tuple of str
    warning : str
        That the rows were seen in training, or "".
    baseline : str
        What the baseline answers.
    tables : tuple of ScoreTable
        The rows of the verdict first.
    """

    level: str
    sentence: str
    remarks: tuple[str, ...]
    warning: str
    baseline: str
    tables: tuple[ScoreTable, ...]


@dataclass(frozen=True)
class Fault:
    """A finding of `diagnose`; `is_code` tells whether the fix is code or advice."""

    heading: str
    sentence: str
    fix: str
    is_code: bool


@dataclass(frozen=True)
class Findings:
    """What `diagnose` says: a sentence, the faults, and lists by their titles."""

    sentence: str
    faults: tuple[Fault, ...]
    lists: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Course:
    """The course of training of one network.

    Attributes
    ----------
    loss, validation_loss, validation_metric : tuple of float
        One an epoch; empty where there is none.
    best_epoch : int or None
    sentence : str
    """

    loss: tuple[float, ...]
    validation_loss: tuple[float, ...]
    validation_metric: tuple[float, ...]
    best_epoch: int | None
    sentence: str


@dataclass(frozen=True)
class ClassRow:
    """Precision, recall, F1 and mass of the rows of one class, or label."""

    name: str
    rows: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Bin:
    """Rows whose probabilities are alike: their mean, the share that came true, its bounds."""

    rows: float
    probability: float
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class OfClasses:
    """How the answers of a classifier are distributed.

    Attributes
    ----------
    classes : tuple of ClassRow
    confusion : tuple of tuple of float, or None
        Mass of rows of class i answered as class j; None for labels and for many classes.
    mixed_up : tuple of (str, str, float)
        Class, answer and mass of rows, the commonest mistakes first.
    bins : tuple of Bin
    calibration_error : float
        Mean over rows of |share - probability| of their bin.
    probability_of : str
        What the probabilities are of.
    """

    classes: tuple[ClassRow, ...]
    confusion: tuple[tuple[float, ...], ...] | None
    mixed_up: tuple[tuple[str, str, float], ...]
    bins: tuple[Bin, ...]
    calibration_error: float
    probability_of: str


@dataclass(frozen=True)
class OfNumbers:
    """Predicted against true numbers of one target, or one quantile.

    Attributes
    ----------
    name : str
        Of the target; "" where there is one.
    predicted, truth : tuple of float
        Of at most 500 rows.
    n_rows : int
        All of them.
    edges, counts : tuple of float
        Histogram of truth - prediction over all rows.
    mean, spread : float
        Mean of the residuals and their standard deviation.
    """

    name: str
    predicted: tuple[float, ...]
    truth: tuple[float, ...]
    n_rows: int
    edges: tuple[float, ...]
    counts: tuple[float, ...]
    mean: float
    spread: float


@dataclass(frozen=True)
class Coverage:
    """How often the truth lies where it should: stated and found shares, with bounds."""

    what: str
    stated: float
    found: float
    low: float
    high: float


@dataclass(frozen=True)
class Importance:
    """Columns by how much worse predictions are without their order of rows."""

    names: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    n_columns: int
    n_rows: int
    metric: str


@dataclass(frozen=True)
class Swarm:
    """What a column adds, row by row; `ranks` of its cells from 0 to 1, NaN for text."""

    name: str
    values: tuple[float, ...]
    ranks: tuple[float, ...]


@dataclass(frozen=True)
class Shares:
    """Mean sizes of what columns add, and the rows one by one.

    Attributes
    ----------
    unit, method : str
    n_rows, n_columns : int
    names : tuple of str
        The largest first.
    sizes, errors : tuple of float
        Means of |what it adds| over rows and answers, and their standard errors by the sample.
    swarms : tuple of (str, tuple of Swarm)
        By answer, "" where there is one.
    """

    unit: str
    method: str
    n_rows: int
    n_columns: int
    names: tuple[str, ...]
    sizes: tuple[float, ...]
    errors: tuple[float, ...]
    swarms: tuple[tuple[str, tuple[Swarm, ...]], ...]


@dataclass(frozen=True)
class Part:
    """What one cell adds to one answer."""

    column: str
    cell: str
    value: float
    error: float


@dataclass(frozen=True)
class WorstRow:
    """A row that the model answers badly.

    Attributes
    ----------
    row : str
        Its number, or what it is called.
    truth, answer : str
    loss : float
    unit : str
        What is shared out.
    base, total : float
        base + parts + rest = total.
    parts : tuple of Part
        The largest first.
    rest : float
        Of the columns that are not listed.
    n_rest : int
    explanation : Explanation
        The chain rule of the weight of layer 1 that this row pulls at most.
    """

    row: str
    truth: str
    answer: str
    loss: float
    unit: str
    base: float
    total: float
    parts: tuple[Part, ...]
    rest: float
    n_rest: int
    explanation: Explanation


@dataclass(frozen=True)
class NetworkFacts:
    """Layers, counts and settings.

    Attributes
    ----------
    sentence : str
    n_networks : int
        Whose answers are averaged.
    layers : tuple of (layer, parameters, words, count)
    facts : tuple of (str, str)
    """

    sentence: str
    n_networks: int
    layers: tuple[tuple[str, str, str, str], ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Contents:
    """A report.

    Attributes
    ----------
    title : str
    facts : tuple of (str, str)
        The model and the rows at a glance.
    verdict : Verdict
    findings : Findings
    course : Course
    of_classes : OfClasses or None
    of_numbers : tuple of OfNumbers
    coverage : tuple of Coverage
    importance : Importance
    shares : Shares
    loss : str
        What the worst rows are the worst by.
    worst : tuple of WorstRow
    network : NetworkFacts
    code : tuple of str
        Lines that make the report again.
    origin : tuple of (str, str)
        Versions, seed, fingerprints and hashes.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    verdict: Verdict
    findings: Findings
    course: Course
    of_classes: OfClasses | None
    of_numbers: tuple[OfNumbers, ...]
    coverage: tuple[Coverage, ...]
    importance: Importance
    shares: Shares
    loss: str
    worst: tuple[WorstRow, ...]
    network: NetworkFacts
    code: tuple[str, ...]
    origin: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values; NaN is None."""
        return {name: _plain(value) for name, value in vars(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Explanation):
        return value.to_json()
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(part) for name, part in vars(value).items()}
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
