"""Pictures with matplotlib, in scikit-learn's Display convention.

    plot_network            units and weights with a row's numbers, or the ways of one weight
    plot_history            losses, the metric that chose the epoch, the learning rate
    plot_gradients          how large the gradients of each layer are
    plot_activations        where the activations of each layer lie
    plot_attributions       what each column adds to the answers
    plot_dependence         how the answer goes with columns
    plot_decision_boundary  what the model answers over two of its inputs

Each returns a display with `figure_`, `ax_`, what was drawn (`lines_`, `texts_`, ...) and
`plot(ax=None, ...)`, which draws it again in another style. Every title says which rows, step and
member. matplotlib is imported when something is drawn. Colours follow the background, so that dark
styles work; blue and orange are positive and negative values, green and purple positive and
negative gradients.
"""

from chainrule.plots.activations import ActivationsDisplay, plot_activations
from chainrule.plots.attributions import AttributionsDisplay, plot_attributions
from chainrule.plots.boundary import DecisionBoundaryDisplay, plot_decision_boundary
from chainrule.plots.dependence import DependenceDisplay, plot_dependence
from chainrule.plots.gradients import GradientsDisplay, plot_gradients
from chainrule.plots.history import HistoryDisplay, plot_history
from chainrule.plots.network import NetworkDisplay, plot_network

__all__ = [
    "ActivationsDisplay",
    "AttributionsDisplay",
    "DecisionBoundaryDisplay",
    "DependenceDisplay",
    "GradientsDisplay",
    "HistoryDisplay",
    "NetworkDisplay",
    "plot_activations",
    "plot_attributions",
    "plot_decision_boundary",
    "plot_dependence",
    "plot_gradients",
    "plot_history",
    "plot_network",
]
