"""The charts of a report: courses, calibration, predicted against true, residuals."""

from __future__ import annotations

import math
from collections.abc import Sequence

from chainrule.report.contents import Bin, Course, OfNumbers
from chainrule.report.svg.chart import BOTTOM, HEIGHT, across, chart, dots, line, upwards
from chainrule.report.svg.scale import Scale, place

_MOST_STEPS = 240  # of a line


def losses(course: Course) -> str:
    """The losses of every epoch; by logarithms where all are above 0."""
    every = [v for v in (*course.loss, *course.validation_loss) if math.isfinite(v)]
    y = upwards(every, is_log=min(every, default=0.0) > 0)
    x = _epochs(course)
    marks = [
        _best(course, x),
        line("training", _course(course.loss, x, y)),
        line("validation", _course(course.validation_loss, x, y)),
    ]
    says = f"Loss by epoch, from {course.loss[0]:.4g} to {course.loss[-1]:.4g}"
    if course.validation_loss:
        says += f"; on validation rows to {course.validation_loss[-1]:.4g}"
    return chart(x, y, "epoch", "loss", marks, says)


def metric(course: Course) -> str:
    """The metric that chose the epoch."""
    values = course.validation_metric
    x, y = _epochs(course), upwards(values)
    says = f"Metric on validation rows by epoch, from {values[0]:.4g} to {values[-1]:.4g}"
    marks = [_best(course, x), line("validation", _course(values, x, y))]
    return chart(x, y, "epoch", "metric, lower is better", marks, says)


def _epochs(course: Course) -> Scale:
    return across([0.0, max(len(course.loss) - 1.0, 1.0)])


def _best(course: Course, x: Scale) -> str:
    if course.best_epoch is None:
        return ""
    at = place(x.at(course.best_epoch))
    return f'<path class="line mark" d="M{at} 8V{HEIGHT - BOTTOM:g}"/>'


def _course(values: Sequence[float], x: Scale, y: Scale) -> list[tuple[float, float]]:
    stride = -(-len(values) // _MOST_STEPS) or 1
    shown = sorted({*range(0, len(values), stride), len(values) - 1} - {-1})
    return [(x.at(k), y.at(values[k])) for k in shown if math.isfinite(values[k])]


def calibration(bins: Sequence[Bin]) -> str:
    """The share that came true by the probability that was promised, with its interval."""
    x, y = across([0.0, 1.0]), upwards([0.0, 1.0])
    most = max((one.rows for one in bins), default=1.0)
    marks = [line("ideal", [(x.at(0), y.at(0)), (x.at(1), y.at(1))])]
    for one in bins:
        at = place(x.at(one.probability))
        marks.append(
            f'<path class="line whisker" d="M{at} {place(y.at(one.low))}V{place(y.at(one.high))}"/>'
            f'<circle class="point" cx="{at}" cy="{place(y.at(one.share))}" '
            f'r="{place(2.5 + 4 * math.sqrt(one.rows / most))}"/>'
        )
    says = "Share of rows that came true by promised probability; on the diagonal they agree"
    return chart(x, y, "probability promised", "share that came true", marks, says)


def against(found: OfNumbers) -> str:
    """Truth by prediction, a dot a row; on the diagonal they agree."""
    both = [*found.predicted, *found.truth]
    x, y = across(both), upwards(both)
    ends = [(x.at(v), y.at(v)) for v in (x.low, x.high)]
    points = [(x.at(p), y.at(t)) for p, t in zip(found.predicted, found.truth, strict=True)]
    marks = [dots("row", points), line("ideal", ends)]
    says = f"True values by predictions of {len(points)} rows; on the diagonal they agree"
    return chart(x, y, "predicted", "true", marks, says)


def residuals(found: OfNumbers) -> str:
    """How often the truth lies how far from the prediction."""
    x, y = across(found.edges), upwards([0.0, *found.counts])
    floor = y.at(0.0)
    marks = []
    for left, right, count in zip(found.edges, found.edges[1:], found.counts, strict=False):
        if count:
            start, end, top = x.at(left) + 0.5, x.at(right) - 0.5, y.at(count)
            marks.append(
                f'<path class="bar {"less" if right <= 0 else "more"}" d="M{place(start)} '
                f'{place(floor)}V{place(top)}H{place(end)}V{place(floor)}z"/>'
            )
    marks.append(line("ideal", [(x.at(0.0), floor), (x.at(0.0), y.end)]))
    says = f"Rows by true minus predicted value; mean {found.mean:.4g}, spread {found.spread:.4g}"
    return chart(x, y, "true − predicted", "rows", marks, says)
