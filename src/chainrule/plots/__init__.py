"""Pictures with matplotlib, in scikit-learn's Display convention.

    plot_network            units and weights of a small network, with a row's numbers
    plot_history            the loss of every epoch
    plot_gradients          how large the gradients of each layer are
    plot_activations        where the activations of each layer lie
    plot_decision_boundary  what the model answers over two of its inputs

Each returns a display with `figure_`, `ax_` and `plot(ax=None)`. matplotlib is imported when
something is drawn. Colours follow the background, so that dark styles work; blue and orange are
positive and negative values, green and purple positive and negative gradients.
"""

from chainrule.plots.activations import ActivationsDisplay, plot_activations
from chainrule.plots.boundary import DecisionBoundaryDisplay, plot_decision_boundary
from chainrule.plots.gradients import GradientsDisplay, plot_gradients
from chainrule.plots.history import HistoryDisplay, plot_history
from chainrule.plots.network import NetworkDisplay, plot_network

__all__ = [
    "ActivationsDisplay",
    "DecisionBoundaryDisplay",
    "GradientsDisplay",
    "HistoryDisplay",
    "NetworkDisplay",
    "plot_activations",
    "plot_decision_boundary",
    "plot_gradients",
    "plot_history",
    "plot_network",
]
