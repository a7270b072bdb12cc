"""The parts of the page, in their order; each is drawn from its part of the contents."""

from __future__ import annotations

from chainrule.explain.notation.numbers import format_number
from chainrule.explain.render.markup import name, table, text
from chainrule.report.contents import Contents, ScoreTable
from chainrule.report.html.columns import importance, shares
from chainrule.report.html.text import code, figure, pairs, paragraph, section
from chainrule.report.html.worst import worst
from chainrule.report.svg import charts
from chainrule.report.svg.strips import interval
from chainrule.report.words import (
    HEADINGS,
    SIGNS,
    bin_cells,
    calibration_words,
    count,
    percent,
    score_cells,
)


def sections(contents: Contents) -> list[tuple[str, str, str]]:
    """(id, title, markup) of every part."""
    parts = [
        ("verdict", "Verdict", verdict(contents)),
        ("findings", "Findings", findings(contents)),
        ("training", "Training", training(contents)),
    ]
    if contents.of_classes is not None:
        parts.append(("answers", "Answers and mistakes", classes(contents)))
        parts.append(("calibration", "Calibration", calibration(contents)))
    else:
        parts.append(("answers", "Predicted and true", numbers(contents)))
    parts += [
        ("importance", "Importance", importance(contents)),
        ("attributions", "Attributions", shares(contents)),
        ("worst", "Worst rows", worst(contents)),
        ("network", "Network", network(contents)),
        ("reproduction", "Reproduction", reproduction(contents)),
    ]
    return [(place, title, section(place, title, body)) for place, title, body in parts if body]


def verdict(contents: Contents) -> list[str]:
    found = contents.verdict
    heading = f'<b><span aria-hidden="true">{SIGNS[found.level]}</span> {HEADINGS[found.level]}</b>'
    first, *others = found.tables or (ScoreTable("", "", ()),)
    parts = [f'<p class="verdict {found.level}">{heading} {text(found.sentence)}</p>']
    parts += [paragraph(remark) for remark in found.remarks]
    if found.warning:
        parts.append(paragraph(found.warning, "warning"))
    parts.append(scores(first, found.baseline))
    for other in others:
        summary = f"<summary>Scores of {text(other.rows)}</summary>"
        parts.append(f"<details>{summary}{scores(other, found.baseline)}</details>")
    return parts


def scores(found: ScoreTable, baseline: str) -> str:
    if not found.scores:
        return ""
    rows = []
    for score in found.scores:
        value, bounds, other = score_cells(score)
        rows.append([text(score.label), value, bounds, other, interval(score)])
    head = ["metric", "model", "90 % interval", "baseline", "from 0"]
    how = f": {found.how}" if found.how else ""
    caption = (
        f"Scores of {found.rows}{how}. The baseline answers {baseline}. In the strips the interval "
        "is blue, the value black and the baseline orange."
    )
    return table(head, rows, caption=caption, kind="scores full")


def findings(contents: Contents) -> list[str]:
    found = contents.findings
    parts = [paragraph(line) for line in found.sentence.split("\n")]
    for fault in found.faults:
        lines = fault.fix.split("\n")
        fix = code(lines) if fault.is_code else paragraph(f"What to do: {fault.fix}")
        words = f"<h3>{text(fault.heading)}</h3>{paragraph(fault.sentence)}"
        parts.append(f'<div class="fault">{words}{fix}</div>')
    if found.lists:
        lists = "".join(paragraph(f"{title}: {what}") for title, what in found.lists)
        parts.append(f"<details><summary>What was checked</summary>{lists}</details>")
    return parts


def training(contents: Contents) -> list[str]:
    course = contents.course
    parts = [paragraph(course.sentence)]
    if len(course.loss) < 2:
        return parts
    caption = "Loss by epoch."
    keys = '<p class="faint"><span class="key"></span>training rows'
    if course.validation_loss:
        keys += ' &nbsp; <span class="key dashed"></span>validation rows'
    drawn = [figure(charts.losses(course), caption)]
    if len(course.validation_metric) > 1:
        drawn.append(figure(charts.metric(course), "The metric that chose the epoch."))
    best = ""
    if course.best_epoch is not None:
        best = f" &nbsp; dotted: epoch {course.best_epoch}, which is kept"
    return [*parts, f"{keys}{best}</p>", f'<div class="charts">{"".join(drawn)}</div>']


def classes(contents: Contents) -> list[str]:
    found = contents.of_classes
    assert found is not None
    parts = []
    if found.confusion is not None:
        names = [one.name for one in found.classes]
        numbered = len(names) > 3 or any(len(each) > 12 for each in names)
        head = ["true class", *(str(k) if numbered else name(each) for k, each in enumerate(names))]
        rows = []
        for k, (each, counts) in enumerate(zip(names, found.confusion, strict=True)):
            total = sum(counts) or 1.0
            cells = [_shaded(mass, mass / total, j == k) for j, mass in enumerate(counts)]
            rows.append([f"{k} {name(each)}" if numbered else name(each), *cells])
        caption = "Rows of each class by the class that was answered; shares of the row in shades"
        parts.append(_scrolled(table(head, rows, caption=f"{caption}.", kind="confusion")))
    rows = [
        [name(one.name), count(one.rows), *map(percent, (one.precision, one.recall, one.f1))]
        for one in found.classes[:40]
    ]
    more = f" The first 40 of {len(found.classes):,}." if len(found.classes) > 40 else ""
    parts.append(
        table(
            ["class", "rows", "precision", "recall", "F1"], rows,
            caption=f"Each class by itself.{more}",
        )
    )  # fmt: skip
    if found.mixed_up and found.confusion is None:
        mistakes = [[name(a), name(b), count(mass)] for a, b, mass in found.mixed_up]
        parts.append(
            table(["true class", "answered", "rows"], mistakes, caption="Commonest mistakes.",
                  kind="words")
        )  # fmt: skip
    return parts


def _shaded(mass: float, share: float, is_right: bool) -> str:
    kind = f"h{round(10 * share)}" + (" right" if is_right else "")
    return f'<span class="{kind}">{count(mass)}</span>'


def _scrolled(markup: str) -> str:
    label = 'role="region" aria-label="confusion matrix" tabindex="0"'
    return f'<div class="scroll" {label}>{markup}</div>'


def calibration(contents: Contents) -> list[str]:
    found = contents.of_classes
    assert found is not None
    if not found.bins:
        return []
    caption = (
        "A point for each tenth of the range of probabilities, larger where it holds more rows; "
        "bars are 90 % intervals. On the dashed line promises come true."
    )
    rows = [list(bin_cells(one)) for one in found.bins]
    head = ["promised", "came true", "90 % interval", "rows"]
    numbers = table(head, rows, caption="The same as numbers.")
    return [
        paragraph(calibration_words(contents)),
        figure(charts.calibration(found.bins), caption),
        f"<details><summary>As a table</summary>{numbers}</details>",
    ]


def numbers(contents: Contents) -> list[str]:
    parts = []
    for found in contents.of_numbers:
        if found.name:
            parts.append(f"<h3>{name(found.name)}</h3>")
        of = (
            f"{len(found.truth):,} of {found.n_rows:,} rows"
            if len(found.truth) < found.n_rows
            else f"{found.n_rows:,} rows"
        )
        about = (
            f"True minus predicted value: mean {format_number(found.mean, 3)}, standard deviation "
            f"{format_number(found.spread, 3)}."
        )
        drawn = [
            figure(charts.against(found), f"A point for each of {of}; on the line they agree."),
            figure(charts.residuals(found), about),
        ]
        parts.append(f'<div class="charts">{"".join(drawn)}</div>')
    if contents.coverage:
        rows = [
            [text(one.what), percent(one.stated), percent(one.found),
             f"{100 * one.low:.1f} to {percent(one.high)}"]
            for one in contents.coverage
        ]  # fmt: skip
        caption = "How often the true value lies where the model says it does."
        head = ["true values", "stated", "found", "90 % interval"]
        parts.append(table(head, rows, caption=caption))
    return parts


def network(contents: Contents) -> list[str]:
    found = contents.network
    rows = [[text(layer), text(words), text(shapes), number]
            for layer, shapes, words, number in found.layers]  # fmt: skip
    head = ["layer", "what it does", "parameters", "numbers"]
    return [
        paragraph(found.sentence),
        pairs(found.facts),
        table(head, rows, caption="Layers and their parameters.", kind="words full"),
    ]


def reproduction(contents: Contents) -> list[str]:
    return [code(contents.code), pairs(contents.origin)]
