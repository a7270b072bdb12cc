"""What all displays share: axes to draw on, and colours that fit their background.

Blue/orange and green/purple are told apart with every common colour blindness. They are never the
only sign of a sign: negative lines are dashed, negative areas hatched. Dark backgrounds get lighter
shades of the same hues, so that marks keep a contrast of 3:1 or more.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Palette:
    """Colours for one kind of background.

    Attributes
    ----------
    positive, negative : str
        Of values: blue and orange.
    rising, falling : str
        Of positive and negative gradients: green and purple.
    text, faint, background : str
    classes : tuple of str
        For the classes of a picture, in order; more classes begin again.
    """

    positive: str
    negative: str
    rising: str
    falling: str
    text: str
    faint: str
    background: str
    classes: tuple[str, ...]


LIGHT = Palette(
    "#1f5fa8", "#c25700", "#1b7837", "#7a3d98", "#1a1a1a", "#767676", "#ffffff",
    ("#1f5fa8", "#c25700", "#1b7837", "#7a3d98", "#8a6d00", "#9c2a4d", "#3d6e70", "#5a5a5a"),
)  # fmt: skip
DARK = Palette(
    "#7db8f0", "#ff9e4a", "#7fd08a", "#cfa3e6", "#f0f0f0", "#a0a0a0", "#111111",
    ("#7db8f0", "#ff9e4a", "#7fd08a", "#cfa3e6", "#e0c75a", "#f08cae", "#8fc7c9", "#c0c0c0"),
)  # fmt: skip
_LETTER = 0.07  # inches, of a title

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")


def axes_for(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """The given axes, or those of a new figure of `size` inches.

    Raises
    ------
    ModuleNotFoundError
        Where there is no matplotlib, with the command that installs it.
    """
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ModuleNotFoundError as error:
        message = 'pictures need matplotlib; pip install "chainrule[cli]" brings it.'
        raise ModuleNotFoundError(message, name=error.name) from error
    return pyplot.subplots(figsize=size, layout="constrained")[1]


def palette_of(ax: Axes) -> Palette:
    """The colours for the background of these axes."""
    return DARK if relative_luminance(ax.get_facecolor()) < 0.2 else LIGHT


def relative_luminance(colour: Any) -> float:
    """Of a colour, 0 (black) to 1 (white), as WCAG 2 defines it."""
    from matplotlib.colors import to_rgb

    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def spare_frame(ax: Axes) -> None:
    """Leave out the lines at the top and at the right."""
    ax.spines[["top", "right"]].set_visible(False)


def write_title(ax: Axes, text: str) -> None:
    """A title at the left: what is shown, then which rows, step and member. Names are no
    formulas."""
    if not text:
        return
    figure = ax.get_figure(root=True)
    assert figure is not None
    width = figure.get_size_inches()[0] * ax.get_position().width
    letters = max(int(width / _LETTER), 24)
    lines = [line for part in text.split("\n") for line in wrap(part, letters)]
    ax.set_title("\n".join(lines), loc="left", fontsize="medium", parse_math=False)
