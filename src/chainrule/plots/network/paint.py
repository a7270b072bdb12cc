"""A picture on axes: one unit of the axes is an inch of the figure that would suit it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from chainrule.plots.display import Palette
from chainrule.plots.network.picture import LINE, Bridge, Funnel, Key, Node, Picture

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

_WIDEST, _THINNEST = 5.0, 0.5  # points
_DENSE = 0.65  # of the width and of the faintness, where lines are many
_FONT = 8.5  # points
_FAINT = 0.22
_DASHES = (0, (3.2, 1.4))
_FOOT = 0.62  # inches for the legend


def size_of(picture: Picture) -> tuple[float, float]:
    """Inches of the figure that suits a picture."""
    left, right, bottom, top = _frame(picture)
    return max(right - left, 4.2), top - bottom + 0.6


def _frame(picture: Picture) -> tuple[float, float, float, float]:
    left, right, bottom, top = picture.box
    foot = _FOOT + 1.1 * LINE * len(picture.footer)
    return left - 0.12, right + 0.12, bottom - 0.2 - foot, top + 0.06


class Painter:
    """Draws a picture; what it drew is in `lines` and `texts` by the keys of the picture."""

    def __init__(
        self, ax: Axes, colours: Palette, picture: Picture, is_own: bool, **style: Any
    ) -> None:
        self.ax, self.colours, self.picture = ax, colours, picture
        self.line_style = style.get("line_kwargs") or {}
        self.text_style = style.get("text_kwargs") or {}
        self.lines: dict[tuple[Key, Key], Line2D] = {}
        self.texts: dict[Key, list[Artist]] = {}
        left, right, bottom, top = _frame(picture)
        middle, wide = (left + right) / 2, max(right - left, 4.2)
        ax.set_xlim(middle - wide / 2, middle + wide / 2)
        ax.set_ylim(bottom, top)
        ax.set_aspect("equal")
        ax.set_axis_off()
        self.scale = 1.0 if is_own else _scale(ax, wide, top - bottom)

    @property
    def signs(self) -> tuple[str, str]:
        """Colours of positive and negative lines."""
        c = self.colours
        return (c.rising, c.falling) if self.picture.is_gradient else (c.positive, c.negative)

    def draw(self) -> None:
        for funnel in self.picture.funnels:
            self._funnel(funnel)
        for band in self.picture.bands:
            self._band(band)
        for bridge in self.picture.bridges:
            self._bridge(bridge)
        self._lines()
        for key, node in self.picture.nodes.items():
            self._node(key, node)
        longest = max((text.count("\n") for _, _, text in self.picture.headings), default=0)
        for x, y, text in self.picture.headings:  # their first lines at one height
            for place, line in enumerate(text.split("\n")):
                faint = {"color": self.colours.faint} if place else {"weight": "bold"}
                style: dict[str, Any] = {"va": "bottom", **faint}
                self._write(x, y + LINE * (longest - place), line, **style)
        self._legend()

    def _write(self, x: float, y: float, text: str, size: float = 1.0, **style: Any) -> Artist:
        chosen = {"ha": "center", "va": "center", "color": self.colours.text, "parse_math": False}
        chosen |= {"fontsize": _FONT * self.scale * size, **style}
        return self.ax.text(x, y, text, **(chosen | self.text_style))

    # Lines.

    def width(self, value: float) -> float:
        """In points: in proportion to the value, the same for all layers, never invisible."""
        share = abs(value) / self.picture.largest if self.picture.largest else 0.0
        widest = _WIDEST * (_DENSE if self.picture.is_dense else 1.0)
        return max(widest * share, _THINNEST) * self.scale

    def _lines(self) -> None:
        plus, minus = self.signs
        faint = _FAINT * (_DENSE if self.picture.is_dense else 1.0)
        lines = sorted(self.picture.lines, key=lambda line: abs(line.value or 0.0))
        for place, line in enumerate(lines):  # the largest on top
            start, end = self.picture.nodes[line.start], self.picture.nodes[line.end]
            x0, x1 = start.x + start.width / 2, end.x - end.width / 2
            style: dict[str, Any] = {"color": self.colours.faint, "linewidth": 0.8 * self.scale}
            if line.value is not None:
                colour = plus if line.value > 0 else minus
                style = {
                    "color": colour if line.value else self.colours.faint,
                    "linestyle": "-" if line.value >= 0 else _DASHES,
                    "linewidth": self.width(line.value),
                }
            style["alpha"] = 1.0 if line.is_lit else faint
            (drawn,) = self.ax.plot(
                [x0, x1], [start.y, end.y], zorder=1 + place / len(lines),
                **(style | {"solid_capstyle": "butt", "dash_capstyle": "butt"} | self.line_style),
            )  # fmt: skip
            self.lines[line.start, line.end] = drawn
            if line.text:
                angle = math.degrees(math.atan2(end.y - start.y, x1 - x0))
                self._write(
                    x0 + line.at * (x1 - x0), start.y + line.at * (end.y - start.y), line.text,
                    0.9, rotation=angle, rotation_mode="anchor", zorder=2.5,
                    alpha=1.0 if line.is_lit else 0.45,
                    bbox={"facecolor": self.colours.background, "edgecolor": "none", "pad": 0.8},
                )  # fmt: skip

    # Boxes.

    def _node(self, key: Key, node: Node) -> None:
        from matplotlib.patches import FancyBboxPatch

        c = self.colours
        alpha = 1.0 if node.is_lit else 0.4
        if node.style != "plain":
            gradient = self.picture.is_gradient and any("δ" in symbol for symbol, _ in node.lines)
            plus, minus = (c.rising, c.falling) if gradient else (c.positive, c.negative)
            edge = plus if node.value > 0 else minus if node.value < 0 else c.faint
            more = node.style == "more"
            self.ax.add_patch(FancyBboxPatch(
                (node.x - node.width / 2, node.y - node.height / 2), node.width, node.height,
                boxstyle=f"round,pad=0,rounding_size={min(0.12, node.height / 2)}",
                facecolor=c.background, edgecolor=c.faint if more else edge, alpha=alpha,
                linewidth=(0.8 if more else 1.5) * self.scale, zorder=3,
                linestyle=":" if more else "--" if node.value < 0 else "-",
            ))  # fmt: skip
        left, right = node.x - node.width / 2 + 0.07, node.x + node.width / 2 - 0.07
        y = node.y + LINE * (len(node.texts) - 1) / 2
        written = self.texts.setdefault(key, [])
        style = {"zorder": 4, "alpha": alpha}
        if node.name:
            written.append(self._write(node.x, y, node.name, weight="bold", **style))
            y -= LINE
        for symbol, value in node.lines:
            if symbol and value:
                written.append(self._write(left, y, symbol, ha="left", color=c.faint, **style))
                written.append(self._write(right, y, value, ha="right", **style))
            else:
                written.append(self._write(node.x, y, symbol or value, **style))
            y -= LINE

    # What lies between columns.

    def _funnel(self, funnel: Funnel) -> None:
        from matplotlib.patches import Polygon

        starts = [self.picture.nodes[key] for key in funnel.start]
        ends = [self.picture.nodes[key] for key in funnel.end]
        x0, x1 = (max(n.x + n.width / 2 for n in starts) + 0.05,
                  min(n.x - n.width / 2 for n in ends) - 0.05)  # fmt: skip
        corners = [
            (x0, max(n.y + n.height / 2 for n in starts)),
            (x1, max(n.y + n.height / 2 for n in ends)),
            (x1, min(n.y - n.height / 2 for n in ends)),
            (x0, min(n.y - n.height / 2 for n in starts)),
        ]
        self.ax.add_patch(
            Polygon(corners, facecolor=self.colours.faint, alpha=0.18, edgecolor="none", zorder=0)
        )
        middle = sum(y for _, y in corners) / 4
        self._write((x0 + x1) / 2, middle, funnel.text, 0.9, zorder=2)

    def _band(self, keys: tuple[Key, ...]) -> None:
        from matplotlib.patches import Rectangle

        nodes = [self.picture.nodes[key] for key in keys]
        left, right = min(n.x - n.width / 2 for n in nodes), max(n.x + n.width / 2 for n in nodes)
        low, high = min(n.y - n.height / 2 for n in nodes), max(n.y + n.height / 2 for n in nodes)
        self.ax.add_patch(Rectangle(
            (left - 0.06, low - 0.06), right - left + 0.12, high - low + 0.12,
            facecolor=self.colours.faint, alpha=0.2, edgecolor="none", zorder=2.7,
        ))  # fmt: skip

    def _bridge(self, bridge: Bridge) -> None:
        foot = bridge.height - 0.14
        self.ax.plot(
            [bridge.start, bridge.start, bridge.end, bridge.end],
            [foot, bridge.height, bridge.height, foot],
            color=self.colours.faint, linewidth=1.2 * self.scale, zorder=1,
        )  # fmt: skip
        self.ax.plot(
            [bridge.end], [foot], marker="v", markersize=5 * self.scale, color=self.colours.faint
        )
        self._write(
            (bridge.start + bridge.end) / 2, bridge.height, bridge.text, 0.9,
            bbox={"facecolor": self.colours.background, "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip

    # Below.

    def _legend(self) -> None:
        from matplotlib.lines import Line2D

        _, _, bottom, _ = self.picture.box
        left = self.ax.get_xlim()[0]
        y = bottom - 0.3
        for text in self.picture.footer:
            self._write(left + 0.1, y, text, 0.95, ha="left")
            y -= 1.1 * LINE
        if not self.picture.largest:
            return
        plus, minus = self.signs
        values = steps_of_scale(self.picture.largest)
        handles = [
            Line2D([], [], color=plus, linewidth=self.width(value), label=f"{value:.1g}")
            for value in values
        ]
        if any(line.value is not None and line.value < 0 for line in self.picture.lines):
            width = self.width(values[1])
            handles.append(
                Line2D([], [], color=minus, linestyle=_DASHES, linewidth=width, label="negative")
            )
        legend = self.ax.legend(
            handles=handles, title=f"width of a line: size of the {self.picture.what}",
            loc="lower center", bbox_to_anchor=(0.5, 0.0), ncols=len(handles), frameon=False,
            fontsize=_FONT * self.scale * 0.95, title_fontsize=_FONT * self.scale * 0.95,
            handlelength=2.2, borderpad=0.0, labelcolor=self.colours.text,
        )  # fmt: skip
        legend.get_title().set_color(self.colours.text)


def _scale(ax: Axes, width: float, height: float) -> float:
    """How much smaller or larger than its own figure a picture is on given axes."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    inches = figure.get_size_inches()
    window = ax.get_position()
    inches_per_unit = min(window.width * inches[0] / width, window.height * inches[1] / height)
    return float(min(max(inches_per_unit, 0.45), 1.6))


def steps_of_scale(largest: float) -> list[float]:
    """Values of the legend: a round number near the largest, about a third and a tenth of it."""
    power = 10.0 ** math.floor(math.log10(largest))
    lead = max(step for step in (1.0, 2.0, 3.0, 5.0) if step <= largest / power * (1 + 1e-12))
    thirds = {1.0: (1.0, 0.3, 0.1), 2.0: (2.0, 0.7, 0.2), 3.0: (3.0, 1.0, 0.3),
              5.0: (5.0, 2.0, 0.5)}  # fmt: skip
    return [step * power for step in thirds[lead]]
