"""Which numbers stand beside each other: columns of a score, and of seconds, of every model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.quality.data import SETS
from benchmarks.quality.figures import Column, Pair
from benchmarks.quality.peers import ACCURATE, MODELS
from benchmarks.quality.results import Results

BASE = "MLP"
# Score -> its title. Of a model with a variant "-accuracy", the class error is that of the variant.
SCORES = {
    "error": "Class error",
    "log_loss": "Log-loss",
    "auc_loss": "AUC loss, two classes",
    "rmse": "RMSE / std(y)",
}
LONGEST = 300.0  # seconds of a fit beyond which its pair is in no comparison of time


@dataclass(frozen=True)
class Comparison:
    """The results of some models on the pairs that all of them have.

    Attributes
    ----------
    results : Results
    models : tuple of str
        As shown: a variant for accuracy is part of its model.
    pairs : tuple of (set, split)
    """

    results: Results
    models: tuple[str, ...]
    pairs: tuple[Pair, ...]

    @classmethod
    def of(cls, results: Results, models: Iterable[str] | None = None) -> Comparison:
        """Of these models and the base, or of all there are."""
        found = {model.removesuffix(ACCURATE) for _, model, _ in results.fits}
        if models is not None:
            found &= {BASE, *models}
        if BASE not in found:
            raise LookupError(f"no results of {BASE}, which everything is compared with")
        order = list(MODELS)
        shown = sorted(found, key=lambda m: (order.index(m) if m in order else len(order), m))
        common = set.intersection(*(_complete(results, model) for model in shown))
        sets = list(SETS)
        pairs = sorted(common, key=lambda pair: (sets.index(pair[0]), pair[1]))
        return cls(results, tuple(shown), tuple(pairs))

    @property
    def rivals(self) -> list[str]:
        """The shown models that are not ours."""
        return [model for model in self.models if not is_ours(model)]

    def columns(self, score: str) -> dict[str, Column]:
        """Model -> this score on the pairs that have it; empty columns where none has."""
        return {
            model: {pair: self._fit(model, pair, score)[score] for pair in self._having(score)}
            for model in self.models
        }

    def seconds(self, score: str | None = None) -> dict[str, Column]:
        """Model -> processor seconds of the fits behind a score; of the plain fits without one.

        Without the pairs of `too_long`.
        """
        long = {(name, seed) for name, seed, _ in self.too_long()}
        pairs = [pair for pair in self._having(score) if pair not in long]
        return {
            model: {pair: self._fit(model, pair, score)["fit_cpu_seconds"] for pair in pairs}
            for model in self.models
        }

    def too_long(self) -> list[tuple[str, int, str]]:
        """(set, split, model) of the fits over 300 s."""
        return [
            (*pair, model)
            for pair in self.pairs
            for model in self.models
            if self._fit(model, pair)["fit_cpu_seconds"] > LONGEST
        ]

    def left_out(self) -> dict[str, int]:
        """Model -> how many of its pairs are not compared since another model lacks them."""
        counts = {m: len(_complete(self.results, m)) - len(self.pairs) for m in self.models}
        return {model: count for model, count in counts.items() if count}

    def _having(self, score: str | None) -> list[Pair]:
        return [p for p in self.pairs if score is None or score in self._fit(BASE, p)]

    def _fit(self, model: str, pair: Pair, score: str | None = None) -> dict[str, float]:
        name, seed = pair
        accurate = self.results.fits.get((name, model + ACCURATE, seed))
        if score == "error" and accurate is not None:
            return accurate
        return self.results.fits[(name, model, seed)]


def is_ours(model: str) -> bool:
    """Whether a name, also that of a variant, is one of our models."""
    return model not in MODELS or MODELS[model].ours


def _complete(results: Results, model: str) -> set[Pair]:
    """Pairs with a fit, and with one for accuracy where the model has such a variant."""
    fits = results.fits
    varied = any(m == model + ACCURATE for _, m, _ in fits)
    return {
        (name, seed)
        for name, m, seed in fits
        if m == model
        and (not varied or SETS[name].kind == "numbers" or (name, m + ACCURATE, seed) in fits)
    }
