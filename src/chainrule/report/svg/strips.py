"""Strips that stand in a table: bars with whiskers, intervals, and a point a row."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from chainrule.explain.attribution.swarm import swarm
from chainrule.report.contents import Scored, Swarm
from chainrule.report.svg.scale import Scale, place, tick_text

SHADES = 6
_WIDE, _HIGH = 360.0, 34.0
_HIDDEN = 'aria-hidden="true"'


def bar(value: float, error: float, low: float, high: float) -> str:
    """From 0 to the value, with a whisker of one error on each side; the strip is [low, high]."""
    if not all(map(math.isfinite, (value, low, high))) or low >= high:
        return ""
    x = Scale(low, high, 0.0, 100.0)
    start, end = sorted((x.at(0.0), x.at(value)))
    first, last = x.at(value - error), x.at(value + error)
    return (
        f'<svg class="strip" viewBox="0 0 100 10" preserveAspectRatio="none" {_HIDDEN}>'
        f'<rect class="{"less" if value < 0 else "more"}" x="{place(start)}" y="1" '
        f'width="{place(end - start)}" height="8"/>'
        f'<path class="error" d="M{place(first)} 5H{place(last)}"/>'
        f'<path class="zero" d="M{place(x.at(0.0))} 0V10"/></svg>'
    )


def interval(score: Scored) -> str:
    """A metric's interval with its value, and the baseline as a tick."""
    every = (score.low, score.high, score.value, score.baseline)
    if not all(map(math.isfinite, every)):
        return ""
    most = 2.0 * max(score.value, score.baseline)  # of bounds far beyond, the end is cut off
    x = Scale.over([0.0, *(min(v, most) if most > 0 else v for v in every)], 2.0, 98.0)
    return (
        f'<svg class="strip" viewBox="0 0 100 10" preserveAspectRatio="none" {_HIDDEN}>'
        f'<path class="track" d="M0 5H100"/>'
        f'<rect class="more" x="{place(x.at(score.low))}" y="2.5" '
        f'width="{place(max(x.at(score.high) - x.at(score.low), 1.0))}" height="5"/>'
        f'<path class="value" d="M{place(x.at(score.value))} 0V10"/>'
        f'<path class="baseline" d="M{place(x.at(score.baseline))} 0V10"/></svg>'
    )


def span_of(swarms: Sequence[Swarm]) -> Scale:
    """The one scale of all strips of an answer, 0 among it."""
    values = [value for one in swarms for value in one.values]
    return Scale.over([0.0, *values], 8.0, _WIDE - 8.0)


def points(one: Swarm, x: Scale) -> str:
    """A point a row, whose shade is its cell from low to high; text and missing cells are grey."""
    values, ranks = np.array(one.values), np.array(one.ranks)
    heights = _HIGH / 2 - swarm(values) * (_HIGH - 6)
    shades = np.where(np.isnan(ranks), -1, np.round(np.nan_to_num(ranks) * (SHADES - 1)))
    drawn = [f'<path class="zero" d="M{place(x.at(0.0))} 0V{_HIGH:g}"/>']
    for shade in range(-1, SHADES):
        chosen = np.flatnonzero(shades == shade)
        if len(chosen):
            steps = "".join(f"M{place(x.at(values[k]))} {place(heights[k])}h0" for k in chosen)
            drawn.append(f'<path class="dots {"grey" if shade < 0 else f"q{shade}"}" d="{steps}"/>')
    return f'<svg class="swarm" viewBox="0 0 {_WIDE:g} {_HIGH:g}" {_HIDDEN}>{"".join(drawn)}</svg>'


def ruler(x: Scale) -> str:
    """The ticks below the strips."""
    marks = "".join(
        f'<path class="axis" d="M{place(x.at(value))} 0v4"/>'
        f'<text x="{place(x.at(value))}" y="15" text-anchor="middle">{tick_text(value)}</text>'
        for value in x.ticks(5)
    )
    return (
        f'<svg class="swarm" viewBox="0 0 {_WIDE:g} 18" {_HIDDEN}>'
        f'<path class="axis" d="M8 .5H{_WIDE - 8:g}"/>{marks}</svg>'
    )
