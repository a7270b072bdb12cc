"""A model card in Markdown, from the same contents as the page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chainrule.explain.notation.numbers import format_number
from chainrule.report.contents import Contents
from chainrule.report.words import (
    HEADINGS,
    bin_cells,
    calibration_words,
    count,
    importance_words,
    more_columns,
    percent,
    score_cells,
    shares_words,
    signed,
)
from chainrule.visible import visible


def markdown(contents: Contents) -> str:
    """The card; names and values stay text."""
    parts = [
        f"# {text(contents.title)}",
        _list(contents.facts),
        *_verdict(contents),
        *_findings(contents),
        *_answers(contents),
        *_columns(contents),
        *_worst(contents),
        "## Training and network",
        text(contents.course.sentence),
        text(contents.network.sentence),
        _list(contents.network.facts),
        "## Reproduction",
        _code(contents.code),
        _list(contents.origin),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def text(content: str) -> str:
    """With everything escaped that Markdown or HTML would take for a sign."""
    return re.sub(r"([\\`*\[\]<>|&~$#]|\b_|_\b)", r"\\\1", visible(content))


def _verdict(contents: Contents) -> list[str]:
    found = contents.verdict
    parts = ["## Verdict", f"**{HEADINGS[found.level]}.** {text(found.sentence)}"]
    parts += map(text, found.remarks)
    if found.warning:
        parts.append(f"> {text(found.warning)}")
    for table in found.tables:
        rows = [[text(score.label), *score_cells(score)] for score in table.scores]
        how = f": {table.how}" if table.how else ""
        parts.append(text(f"Scores of {table.rows}{how}. The baseline answers {found.baseline}."))
        parts.append(_table(["metric", "model", "90 % interval", "baseline"], rows))
    return parts


def _findings(contents: Contents) -> list[str]:
    found = contents.findings
    parts = ["## Findings", text(" ".join(found.sentence.split("\n")))]
    for fault in found.faults:
        fix = _code(fault.fix.split("\n")) if fault.is_code else text(fault.fix)
        parts += [f"### {text(fault.heading)}", text(fault.sentence), fix]
    return parts


def _answers(contents: Contents) -> list[str]:
    parts, found = ["## Answers"], contents.of_classes
    if found is not None:
        rows = [
            [text(one.name), count(one.rows), *map(percent, (one.precision, one.recall, one.f1))]
            for one in found.classes
        ]
        parts.append(_table(["class", "rows", "precision", "recall", "F1"], rows))
        mistakes = [[text(a), text(b), count(mass)] for a, b, mass in found.mixed_up]
        if mistakes:
            parts += ["Commonest mistakes:", _table(["true class", "answered", "rows"], mistakes)]
        parts.append(text(calibration_words(contents)))
        bins = [list(bin_cells(one)) for one in found.bins]
        parts.append(_table(["promised", "came true", "90 % interval", "rows"], bins))
    for one in contents.of_numbers:
        of = f" of {one.name}" if one.name else ""
        mean, spread = format_number(one.mean, 3), format_number(one.spread, 3)
        parts.append(text(f"True minus predicted value{of}: mean {mean}, std {spread}."))
    if contents.coverage:
        cells = [
            [text(one.what), percent(one.stated), percent(one.found),
             f"{100 * one.low:.1f} to {percent(one.high)}"]
            for one in contents.coverage
        ]  # fmt: skip
        parts.append(_table(["true values", "stated", "found", "90 % interval"], cells))
    return parts


def _columns(contents: Contents) -> list[str]:
    worth, shares = contents.importance, contents.shares
    first = [
        [text(each), signed(mean), f"± {format_number(std, 2)}"]
        for each, mean, std in zip(worth.names, worth.mean, worth.std, strict=True)
    ]
    second = [
        [text(each), format_number(size, 3), f"± {format_number(error, 2)}"]
        for each, size, error in zip(shares.names, shares.sizes, shares.errors, strict=True)
    ]
    return [
        "## Columns",
        text(importance_words(contents)),
        _table(["column", "error grows by", "±"], first),
        more_columns(worth.n_columns, len(worth.names)),
        text(shares_words(contents)),
        _table(["column", "mean size", "±"], second),
    ]


def _worst(contents: Contents) -> list[str]:
    rows = [
        [text(one.row), text(one.truth), text(one.answer), format_number(one.loss, 3)]
        for one in contents.worst
    ]
    if not rows:
        return []
    lead = text(f"By loss ({contents.loss}).")
    return ["## Worst rows", lead, _table(["row", "true", "answered", "loss"], rows)]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Cells are Markdown; numbers stand at the right."""
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def _list(pairs: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"- {text(term)}: {text(what)}" for term, what in pairs)


def _code(lines: Sequence[str]) -> str:
    """Indented lines, which nothing in them can end."""
    return "\n".join(f"    {visible(line)}" for line in lines)
