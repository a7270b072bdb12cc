"""Trials: settings, what they scored, and where a file keeps them between searches."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chainrule.errors import DataError
from chainrule.estimators.tabular.evaluation import Score

if TYPE_CHECKING:
    import optuna

_NAME = "chainrule tune"
_RANDOM = 8  # trials before the sampler learns from them
_MEDIAN_FROM = 4  # trials before one is stopped for being worse than half of them
_SEEDS = 1 << 32
_UNFINISHED = "not finished"


@dataclass(frozen=True)
class Trial:
    """Settings that were tried.

    Attributes
    ----------
    number : int
        From 0, which is the estimator as it was given.
    settings : dict
        Arguments of the estimator.
    score : Score or None
        On rows that none of the trial's networks trained on; None where it was not finished.
    outcome : str
        "done", "stopped early", "diverged" or "not finished".
    seconds : float
    """

    number: int
    settings: dict[str, Any]
    score: Score | None
    outcome: str
    seconds: float


class Trials:
    """An Optuna study of ours, in a file or in memory.

    Parameters
    ----------
    path : str or None
        A journal of Optuna's; one that is there goes on.
    of : mapping
        What the search is of, as JSON values; a file of something else is refused.
    greater_is_better : bool
    seed : int

    Raises
    ------
    DataError
        Where Optuna is not installed, or the file is of another search, or none of ours.
    """

    def __init__(
        self, path: str | None, of: Mapping[str, Any], greater_is_better: bool, seed: int
    ) -> None:
        optuna = _optuna()
        self._seed = seed
        with quiet():
            storage = None if path is None else _journal(path)
            self._study = optuna.create_study(
                storage=storage,
                study_name=_NAME,
                direction="maximize" if greater_is_better else "minimize",
                pruner=optuna.pruners.MedianPruner(_MEDIAN_FROM),
                load_if_exists=True,
            )
            known = self._study.user_attrs.get("of")
            if known is None:
                self._study.set_user_attr("of", dict(of))
            elif known != dict(of):
                raise DataError(
                    f"{path!r} keeps a search of {_difference(known, of)}.",
                    "Name another file, or remove that one to search anew.",
                )
            for trial in self._study.get_trials(states=(_states().RUNNING,)):
                self._study.tell(trial.number, state=_states().FAIL)  # its process ended

    def __iter__(self) -> Iterator[Trial]:
        """Those that were finished, as they were begun; one that was not is begun anew."""
        states = _states()
        for trial in self._study.get_trials(deepcopy=False):
            about = trial.user_attrs
            if trial.state == states.RUNNING or about.get("outcome") in (None, _UNFINISHED):
                continue
            score = about.get("score")
            yield Trial(
                about["number"],
                _tuples(about["settings"]),
                None if score is None else Score.from_json(score),
                about["outcome"],
                about["seconds"],
            )

    @property
    def n_done(self) -> int:
        """How many need no repetition."""
        return sum(1 for _ in self)

    def begin(self, start: Mapping[str, Any] | None) -> optuna.Trial:
        """The next one, drawn by what the ended ones scored; `start` says its values instead.

        The draw depends on the seed and on ended trials alone, so that a search with a break in it
        tries what one without would try.
        """
        with quiet():
            self._study.sampler = _optuna().samplers.TPESampler(
                n_startup_trials=_RANDOM,
                seed=(self._seed * 1_000_003 + self.n_done) % _SEEDS,
                constant_liar=False,
            )
            if start:
                self._study.enqueue_trial(dict(start))
            asked: optuna.Trial = self._study.ask()
            return asked

    def end(self, trial: optuna.Trial, found: Trial) -> None:
        """Keep what came of a trial."""
        states = _states()
        with quiet():
            trial.set_user_attr("number", found.number)
            trial.set_user_attr("settings", found.settings)
            trial.set_user_attr("outcome", found.outcome)
            trial.set_user_attr("seconds", found.seconds)
            if found.score is not None:
                trial.set_user_attr("score", found.score.to_json())
                self._study.tell(trial, found.score.value)
                return
            stopped = found.outcome == "stopped early"
            self._study.tell(trial, state=states.PRUNED if stopped else states.FAIL)


@contextmanager
def quiet() -> Iterator[None]:
    """Optuna's log and its notes on what is experimental are not ours."""
    optuna = _optuna()
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        optuna.logging.set_verbosity(before)


def _optuna() -> Any:
    try:
        import optuna
    except ModuleNotFoundError as error:
        raise DataError(
            f"a search needs the package {error.name}, which is not installed.",
            'pip install "chainrule[tune]"',
        ) from None
    return optuna


def _states() -> Any:
    return _optuna().trial.TrialState


def _journal(path: str) -> Any:
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    try:
        with open(path, "a+", encoding="utf-8") as file:
            file.seek(0)
            first = file.read(1)
        if first not in ("", "{"):
            raise ValueError
        return JournalStorage(JournalFileBackend(path))
    except (ValueError, KeyError, TypeError):
        raise DataError(f"{path!r} is no file of a search.", "Name another file.") from None


def _difference(known: Mapping[str, Any], of: Mapping[str, Any]) -> str:
    """In words, the first thing that differs."""
    for name in of:
        if known.get(name) != of[name]:
            if (isinstance(of[name], str) and len(of[name]) > 60) or name == "rows":
                return f"other {name}"
            return f"another {name}: {known.get(name)}, now {of[name]}"
    return "another kind"


def _tuples(settings: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has lists alone."""
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()
    }
