"""Words and numbers that the page and the card share."""

from __future__ import annotations

from chainrule.explain.notation.numbers import format_number
from chainrule.report.contents import Bin, Contents, Scored
from chainrule.report.verdict import bounds, figure

HEADINGS = {"better": "Better than the baseline", "worse": "Worse than the baseline",
            "unclear": "Not clearly better than the baseline"}  # fmt: skip
SIGNS = {"better": "✓", "worse": "✗", "unclear": "≈"}


def score_cells(score: Scored) -> tuple[str, str, str]:
    """The value, its interval and the baseline's value."""
    value, baseline = (figure(score.name, one) for one in (score.value, score.baseline))
    return value, bounds(score), baseline


def count(mass: float) -> str:
    """Rows, or their weight."""
    return f"{mass:,.0f}" if float(mass).is_integer() else f"{mass:,.1f}"


def percent(share: float) -> str:
    """A share of rows."""
    return f"{100 * share:.1f} %"


def signed(value: float) -> str:
    """A number with its sign, as parts that add up have it."""
    text = format_number(abs(value), 3)
    return f"{'−' if value < 0 else '+'}{text}"


def bin_cells(one: Bin) -> tuple[str, str, str, str]:
    """Promised, came true, interval, rows."""
    return (
        percent(one.probability), percent(one.share),
        f"{100 * one.low:.1f} to {percent(one.high)}", count(one.rows),
    )  # fmt: skip


def calibration_words(contents: Contents) -> str:
    """One sentence about the probabilities."""
    of = contents.of_classes
    assert of is not None
    return (
        f"Probabilities {of.probability_of}: on average they are "
        f"{100 * of.calibration_error:.1f} percentage points away from the share of rows that "
        "came true."
    )


def importance_words(contents: Contents) -> str:
    """How importance was measured."""
    found = contents.importance
    return (
        f"How much the error ({found.metric}) grows when a column's rows are shuffled: mean of "
        f"5 permutations of {found.n_rows:,} rows, with their standard deviation."
    )


def shares_words(contents: Contents) -> str:
    """How attributions were measured."""
    found = contents.shares
    return (
        f"How much each column adds to {found.unit}, by {found.method} on {found.n_rows:,} rows: "
        "mean size over rows, with the standard error of the sample of paths."
    )


def more_columns(n_columns: int, n_shown: int) -> str:
    """What a list leaves out, or ""."""
    rest = n_columns - n_shown
    if not rest:
        return ""
    return f"{rest:,} more column{'s matter' if rest > 1 else ' matters'} less."
