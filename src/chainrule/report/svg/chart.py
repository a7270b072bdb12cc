"""A chart: a frame with ticks on two axes, and marks in it."""

from __future__ import annotations

import html
from collections.abc import Sequence

from chainrule.report.svg.scale import Scale, place, tick_text

WIDTH, HEIGHT = 360.0, 220.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 8.0, 8.0, 36.0


def across(values: Sequence[float], *, is_log: bool = False) -> Scale:
    """The scale from left to right."""
    return Scale.over(values, LEFT, WIDTH - RIGHT, is_log=is_log)


def upwards(values: Sequence[float], *, is_log: bool = False) -> Scale:
    """The scale from the bottom to the top."""
    return Scale.over(values, HEIGHT - BOTTOM, TOP, is_log=is_log)


def chart(x: Scale, y: Scale, x_label: str, y_label: str, marks: Sequence[str], says: str) -> str:
    """The whole drawing; `says` is what it shows, in a sentence."""
    floor, middle = HEIGHT - BOTTOM, (TOP + HEIGHT - BOTTOM) / 2
    lines = [
        f'<path class="axis" d="M{place(LEFT)} {place(TOP)}V{place(floor)}H{WIDTH - RIGHT:g}"/>'
    ]
    for value in x.ticks():
        at = place(x.at(value))
        lines += [
            f'<path class="axis" d="M{at} {place(floor)}v4"/>',
            f'<text x="{at}" y="{place(floor + 15)}" text-anchor="middle">{tick_text(value)}'
            "</text>",
        ]
    for value in y.ticks():
        level = y.at(value)
        lines += [
            f'<path class="axis" d="M{place(LEFT)} {place(level)}h-4"/>',
            f'<text x="{place(LEFT - 6)}" y="{place(level + 3.5)}" text-anchor="end">'
            f"{tick_text(value)}</text>",
        ]
    lines.append(
        f'<text x="{place((LEFT + WIDTH - RIGHT) / 2)}" y="{place(HEIGHT - 5)}" '
        f'text-anchor="middle">{html.escape(x_label)}</text>'
    )
    lines.append(
        f'<text transform="translate(11 {place(middle)})rotate(-90)" text-anchor="middle">'
        f"{html.escape(y_label)}</text>"
    )
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" '
        f'aria-label="{html.escape(says)}">{"".join([*lines, *marks])}</svg>'
    )


def line(kind: str, points: Sequence[tuple[float, float]]) -> str:
    """Straight lines through points."""
    if not points:
        return ""
    steps = "L".join(f"{place(x)} {place(y)}" for x, y in points)
    return f'<path class="line {kind}" d="M{steps}"/>'


def dots(kind: str, points: Sequence[tuple[float, float]]) -> str:
    """Round dots, whose size is that of the class; one element however many."""
    steps = "".join(f"M{place(x)} {place(y)}h0" for x, y in points)
    return f'<path class="dots {kind}" d="{steps}"/>' if steps else ""
