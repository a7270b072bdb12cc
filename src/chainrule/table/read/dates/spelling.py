"""The spellings of dates, times of day and spans that are known, each a shape and its meaning.

A shape is a regular expression for the whole value, its meaning the SQL of a TIMESTAMP, TIME or
INTERVAL, NULL where the shape holds no such thing (30 February). A date may have a time of day
behind it, and a time of day its offset from UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chainrule.table.read.connection import literal
from chainrule.table.read.dates.spans import MINUTES, SECONDS, SPAN, span

DATETIME, TIME, DURATION = "datetime", "time", "duration"
NOUNS = {DATETIME: "dates", TIME: "times of day", DURATION: "durations"}

_HALF = f"(0?[1-9]|1[0-2]):{MINUTES}{SECONDS} ?[AaPp][.]?[Mm][.]?"
_CLOCK = f"(([01]?[0-9]|2[0-3]):{MINUTES}{SECONDS}|{_HALF})"
_OFFSET = "[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?"
_END_OF_DAY = "24:00(:00([.,]0+)?)?"
_TAIL = f"([Tt ] ?({_CLOCK}|{_END_OF_DAY})( ?([Zz]|UTC|GMT|{_OFFSET}))?)?"
_HAS_ZONE = (
    "(?::[0-9]{2}(?:[.,][0-9]+)?(?: ?[AaPp][.]?[Mm][.]?)?|T[0-9]{6}) ?"
    "([Zz]|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)$"
)

# What DuckDB reads by itself, ten times as fast; its sessions are of UTC.
_PLAIN_CLOCK = f"[T ][0-9]{{2}}:{MINUTES}(:{MINUTES}([.][0-9]+)?)?"
_PLAIN = f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({_PLAIN_CLOCK})?"
_PLAIN_ZONED = f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{_PLAIN_CLOCK}(Z|{_OFFSET})"

_WEEKDAY = "((Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun)(day|nesday|rsday|sday|urday)?,? )?"
_MONTH = (
    "(?i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|January|February|March|April|June|July|"
    "August|September|October|November|December)[.]?"
)


@dataclass(frozen=True)
class Spelling:
    """One way of writing dates, times of day or spans.

    Attributes
    ----------
    format : str
        Its name, as `--dates COLUMN=FORMAT` takes it.
    kind : str
        "datetime", "time" or "duration".
    words : str
        The same for people: "the day first".
    shape : str
        Regular expression of all of a value.
    meaning : callable
        From the SQL of a text to the SQL of its value, NULL where there is none.
    is_sure : bool
        Whether no other spelling can take the same values for something else.
    """

    format: str
    kind: str
    words: str
    shape: str
    meaning: Callable[[str], str]
    is_sure: bool = True


def is_sure(format_: str) -> bool:
    """Whether values that are spelled so cannot be taken for anything else."""
    return format_ in SPELLINGS and SPELLINGS[format_].is_sure


def zone_text(text: str) -> str:
    """SQL of the zone at the end of a text: "Z", "UTC", "+02:00", ..., or ""."""
    return f"regexp_extract({text}, {literal(_HAS_ZONE)}, 1)"


def with_format(format_: str) -> Spelling:
    """The spelling of this name, or the one that this strptime format describes."""
    if format_ in SPELLINGS:
        return SPELLINGS[format_]
    has_date = any(f"%{letter}" in format_ for letter in "YyjGmbBdU")
    kind, type_ = (DATETIME, "TIMESTAMP") if has_date else (TIME, "TIME")

    def meaning(text: str) -> str:
        return f"CAST(try_strptime({text}, {literal(format_)}) AS {type_})"

    return Spelling(format_, kind, f"spelled {format_}", ".*", meaning, False)


def _stamp(date: str, tail: str) -> str:
    """A TIMESTAMP of UTC from an ISO date and what stands behind it, both SQL of texts."""
    zone = zone_text(tail)
    local = f"regexp_replace({tail}, {literal(' ?([Zz]|UTC|GMT|' + _OFFSET + ')$')}, '')"
    digits = f"regexp_replace({zone}, '[^0-9+-]', '', 'g')"
    minutes = (
        f"(CASE WHEN length({digits}) > 1 THEN (CASE WHEN {digits}[1] = '-' THEN -1 ELSE 1 END) * "
        f"(60 * CAST({digits}[2:3] AS INTEGER) + "
        f"CAST(CASE WHEN length({digits}) > 3 THEN {digits}[4:5] ELSE '0' END AS INTEGER)) "
        "ELSE 0 END)"
    )
    stamp = f"TRY_CAST({date} || ' ' || {_clock(local)} AS TIMESTAMP)"
    return f"({stamp} - to_minutes({minutes}))"


def _clock(text: str) -> str:
    """A time of day as ISO text, with the 24 hours of a day; "00:00" where there is none."""
    plain = f"replace(upper(trim({text}, 'Tt ')), ',', '.')"
    half = f"replace({plain}, '.M.', 'M')"
    afternoon = f"regexp_matches({plain}, '[AP][.]?M[.]?$')"
    # DuckDB has no fractions of a second beside AM and PM; the colons fix the rest.
    hours = f"CAST(regexp_extract({plain}, '^[0-9]+') AS INTEGER)"
    rest = f"regexp_extract({half}, '^[0-9]+(:[0-9:.]*[0-9])', 1)"
    shift = f"(CASE WHEN contains({plain}, 'P') THEN 12 ELSE 0 END)"
    turned = f"CAST({hours} % 12 + {shift} AS VARCHAR) || {rest}"
    return f"(CASE WHEN {plain} = '' THEN '00:00' WHEN {afternoon} THEN {turned} ELSE {plain} END)"


def _reordered(shape: str, order: str) -> Callable[[str], str]:
    """A date of three numbers, put in the order of ISO, and what stands behind it."""

    def meaning(text: str) -> str:
        plain, zoned = (f"regexp_full_match({text}, {literal(s)})" for s in (_PLAIN, _PLAIN_ZONED))
        return (
            f"(CASE WHEN {plain} THEN TRY_CAST({text} AS TIMESTAMP) "
            f"WHEN {zoned} THEN CAST(TRY_CAST({text} AS TIMESTAMPTZ) AS TIMESTAMP) "
            f"ELSE {slowly(text)} END)"
        )

    def slowly(text: str) -> str:
        found = f"regexp_extract({text}, '^' || {literal(shape)})"
        date = f"regexp_replace({found}, '([0-9]+)[^0-9]([0-9]+)[^0-9]([0-9]+)', '{order}')"
        return _stamp(date, f"{text}[length({found}) + 1:]")

    return meaning


def _by_name(shape: str, *formats: str) -> Callable[[str], str]:
    """A date with the name of its month."""

    def meaning(text: str) -> str:
        plain = f"regexp_replace({text}, {literal('^' + _WEEKDAY)}, '')"
        found = f"regexp_extract({plain}, '^' || {literal(shape)})"
        spaced = f"trim(regexp_replace({found}, '[-/,. ]+', ' ', 'g'))"
        listed = ", ".join(literal(format_) for format_ in formats)
        date = f"strftime(try_strptime({spaced}, [{listed}]), '%Y-%m-%d')"
        return _stamp(date, f"{plain}[length({found}) + 1:]")

    return meaning


def _dates() -> Iterator[Spelling]:
    for mark in "-/.":
        sign = f"[{mark}]"
        two = f"[0-9]{{1,2}}{sign}[0-9]{{1,2}}"
        first, last = f"[0-9]{{4}}{sign}{two}", f"{two}{sign}[0-9]{{4}}"
        yield Spelling(
            f"%Y{mark}%m{mark}%d", DATETIME, "the year first", first + _TAIL,
            _reordered(first, r"\1-\2-\3"),
        )  # fmt: skip
        yield Spelling(
            f"%d{mark}%m{mark}%Y", DATETIME, "the day first", last + _TAIL,
            _reordered(last, r"\3-\2-\1"), False,
        )  # fmt: skip
        yield Spelling(
            f"%m{mark}%d{mark}%Y", DATETIME, "the month first", last + _TAIL,
            _reordered(last, r"\3-\1-\2"), False,
        )  # fmt: skip
    day_first = f"[0-9]{{1,2}}([-/.]|[.]? ){_MONTH}([-/.]|,? )[0-9]{{4}}"
    month_first = f"{_MONTH} [0-9]{{1,2}},? [0-9]{{4}}"
    yield Spelling(
        "%d %b %Y", DATETIME, "the day and the name of the month", _WEEKDAY + day_first + _TAIL,
        _by_name(day_first, "%d %b %Y", "%d %B %Y"),
    )  # fmt: skip
    yield Spelling(
        "%b %d %Y", DATETIME, "the name of the month first", _WEEKDAY + month_first + _TAIL,
        _by_name(month_first, "%b %d %Y", "%B %d %Y"),
    )  # fmt: skip
    yield Spelling(
        "%Y%m%dT%H%M%S", DATETIME, "the year first", "[0-9]{8}T[0-9]{6}([Zz]|[+-][0-9]{4})?",
        lambda text: _stamp(
            f"regexp_replace({text}[1:8], '(....)(..)(..)', '\\1-\\2-\\3')",
            f"regexp_replace({text}[9:], 'T(..)(..)(..)', ' \\1:\\2:\\3')",
        ),
    )  # fmt: skip
    yield Spelling(
        "%Y-%m", DATETIME, "months, taken on their first day", "[12][0-9]{3}-(0[1-9]|1[0-2])",
        lambda text: f"TRY_CAST({text} || '-01' AS TIMESTAMP)",
    )  # fmt: skip
    yield Spelling(
        "%b %Y", DATETIME, "months, taken on their first day", f"{_MONTH}[- ][0-9]{{4}}",
        lambda text: (
            f"try_strptime(regexp_replace({text}, '[-. ]+', ' '), ['%b %Y', '%B %Y'])"
        ),
    )  # fmt: skip
    yield Spelling(
        "%Y-Q", DATETIME, "quarters, taken on their first day", "[0-9]{4}[- ]?[Qq][1-4]",
        lambda text: (
            f"TRY_CAST({text}[1:4] || '-' || (3 * CAST({text}[-1:] AS INTEGER) - 2) || '-01' "
            "AS TIMESTAMP)"
        ),
    )  # fmt: skip
    yield Spelling(
        "%G-W%V", DATETIME, "weeks, taken on their Monday or the day named",
        "[0-9]{4}-?W[0-5][0-9](-?[1-7])?",
        lambda text: (
            f"try_strptime(replace({text}, '-', '') || "
            f"(CASE WHEN length(replace({text}, '-', '')) = 7 THEN '1' ELSE '' END), '%GW%V%u')"
        ),
    )  # fmt: skip


def _times() -> Iterator[Spelling]:
    yield Spelling(
        "%H:%M:%S", TIME, "of 24 hours", _CLOCK,
        lambda text: f"TRY_CAST({_clock(text)} AS TIME)", False,
    )  # fmt: skip
    yield Spelling("duration", DURATION, "in days", SPAN, span, False)


SPELLINGS = {spelling.format: spelling for spelling in (*_dates(), *_times())}

# A clock with two digits for the hours, or with AM or PM, is a time of day and no span.
PADDED_CLOCK = f"((0[0-9]|1[0-9]|2[0-3]):{MINUTES}{SECONDS}|{_HALF})"
TWO_DIGIT_YEAR = f"[0-9]{{1,2}}([-/.][0-9]{{1,2}}[-/.]|[- ]{_MONTH}[- ])[0-9]{{2}}{_TAIL}"
ANY_SHAPE = "|".join([*(f"({s.shape})" for s in SPELLINGS.values()), f"({TWO_DIGIT_YEAR})"])
