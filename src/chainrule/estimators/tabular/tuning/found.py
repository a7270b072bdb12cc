"""A search: what was tried, what is best, and how much of that is chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chainrule.estimators.tabular.evaluation import Score
from chainrule.estimators.tabular.paired import greater_is_better
from chainrule.estimators.tabular.tuning.trials import Trial

_SHOWN = 8


@dataclass(frozen=True)
class Checked:
    """The best settings beside the estimator as it was given, on rows that no trial saw.

    Attributes
    ----------
    n_rows : int
    tuned, given : Score
        Of both, trained alike on the rows of the search.
    gain : tuple of float
        How much better the best settings are there, and the bounds of its 90 % interval.
    """

    n_rows: int
    tuned: Score
    given: Score
    gain: tuple[float, float, float]


@dataclass(frozen=True)
class Tuning:
    """What a search found.

    Attributes
    ----------
    trials : tuple of Trial
        In the order in which they were begun; number 0 is the estimator as it was given.
    metric : str
        What trials are compared by, on rows of the search that their networks did not train on.
    space : dict of str to str
        What was varied, in words.
    n_rows : int
        Of the search.
    checked : Checked or None
        None where no rows were held out, where the estimator as given was best, or after Ctrl-C.
    settings : dict
        What `model` was trained with: those of the best trial; nothing where they are worse than
        the estimator as given on the rows held out.
    model : TabularClassifier, TabularRegressor or None
        Fitted on all rows, those held out included; None after Ctrl-C.
    interrupted : bool
        Whether Ctrl-C ended the search.
    """

    trials: tuple[Trial, ...]
    metric: str
    space: dict[str, str]
    n_rows: int
    checked: Checked | None
    settings: dict[str, Any]
    model: Any = field(repr=False, default=None)
    interrupted: bool = False

    @property
    def ranked(self) -> tuple[Trial, ...]:
        """Finished trials, the best first."""
        sign = -1.0 if greater_is_better(self.metric) else 1.0
        known = [(trial.score.value, trial) for trial in self.trials if trial.score is not None]
        return tuple(trial for _, trial in sorted(known, key=lambda pair: sign * pair[0]))

    @property
    def best(self) -> Trial:
        """The best trial of the search, whose score is too good: it was chosen by it."""
        return self.ranked[0]

    @property
    def gain_in_search(self) -> float:
        """How much better the best trial scored than the estimator as given; NaN where that is not
        known."""
        first = next((t.score for t in self.trials if t.number == 0 and t.score), None)
        best = self.best.score
        if first is None or best is None:
            return float("nan")
        return (best.value - first.value) * (1.0 if greater_is_better(self.metric) else -1.0)

    def __repr__(self) -> str:
        lines = [f"Tuning by {self.metric}: {len(self.trials)} trials on {self.n_rows} rows"]
        for trial in self.ranked[:_SHOWN]:
            assert trial.score is not None
            said = ", ".join(f"{name}={value}" for name, value in trial.settings.items())
            lines.append(f"  {trial.score.value:.4f}  {said or 'as given'}")
        if self.checked is not None:
            gain, low, high = self.checked.gain
            lines.append(
                f"in the search better by {self.gain_in_search:.4f}; on {self.checked.n_rows} rows "
                f"held out by {gain:.4f} ({low:.4f} to {high:.4f})"
            )
        return "\n".join(lines)
