"""Attribution: how much each column of the table adds to an answer, by the compiled way back."""

from chainrule.explain.attribution.answer import Answer, MeanAnswer, log_odds
from chainrule.explain.attribution.attributions import Attributions
from chainrule.explain.attribution.estimate import Estimate
from chainrule.explain.attribution.gradients import expected_gradients
from chainrule.explain.attribution.methods import attributed, samples_of
from chainrule.explain.attribution.of_network import answer_of
from chainrule.explain.attribution.shapley import shapley

__all__ = [
    "Answer",
    "Attributions",
    "Estimate",
    "MeanAnswer",
    "answer_of",
    "attributed",
    "expected_gradients",
    "log_odds",
    "samples_of",
    "shapley",
]
