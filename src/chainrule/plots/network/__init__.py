"""A network drawn: units, weights and their numbers for one row of a recorded step.

picture  what stands where: units, lines, and what lies between layers, as data
whole    the picture of a network that is small enough to be seen at once
focus    the picture around one unit of a wide network: its strongest partners, the rest in a sum
ways     the ways from one parameter to the loss, and their products
paint    a picture on axes; the only file that knows matplotlib
display  `NetworkDisplay` and `plot_network`
"""

from chainrule.plots.network.display import NetworkDisplay, plot_network

__all__ = ["NetworkDisplay", "plot_network"]
