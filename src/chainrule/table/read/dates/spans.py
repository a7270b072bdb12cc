"""The spellings of spans: P1DT2H, 1 day 2:00:00, 26:00:00, 5 days; in exact microseconds."""

from __future__ import annotations

MINUTES = "[0-5][0-9]"
SECONDS = f"(:{MINUTES}([.,][0-9]{{1,9}})?)?"

_AMOUNT = "(-?[0-9]{1,12}([.,][0-9]{1,9})?"
_ISO = (
    f"-?P{_AMOUNT}Y)?{_AMOUNT}M)?{_AMOUNT}W)?{_AMOUNT}D)?(T{_AMOUNT}H)?{_AMOUNT}M)?{_AMOUNT}S)?)?"
)
_CLOCK = f"[+-]?([0-9]{{1,12}} days?,? ?)?[+-]?[0-9]{{1,12}}:{MINUTES}{SECONDS}"

# The shape of all of a value.
SPAN = f"({_CLOCK}|[+-]?[0-9]{{1,12}} days?|{_ISO})"

_DAY, _HOUR = 86_400, 3_600


def span(text: str) -> str:
    """SQL of the INTERVAL, NULL where months make its length vary or it has no number."""
    iso, day, clock = f"contains({text}, 'P')", f"contains({text}, 'day')", _of_clock(text)
    # Python and pandas write -1 days +23:00:00 for an hour ago: the sign is that of the days.
    seconds = (
        f"(CASE WHEN {iso} THEN {_signed(text, _of_iso(text))} "
        f"WHEN {day} THEN {_signed(text, _of_days(text))} + {clock} "
        f"ELSE {_signed(text, clock)} END)"
    )
    return f"to_microseconds(TRY_CAST({seconds} * 1000000 AS BIGINT))"


def _of_iso(text: str) -> str:
    date, clock = f"split_part({text}, 'T', 1)", f"split_part({text}, 'T', 2)"
    parts = " + ".join(
        _seconds(f"regexp_extract({side}, '(-?[0-9]+([.,][0-9]+)?){letter}', 1)", unit)
        for side, letter, unit in (
            (date, "W", 7 * _DAY), (date, "D", _DAY),
            (clock, "H", _HOUR), (clock, "M", 60), (clock, "S", 1),
        )
    )  # fmt: skip
    varies = f"regexp_matches({date}, '[YM]') OR NOT regexp_matches({text}, '[0-9]')"
    return f"(CASE WHEN NOT ({varies}) THEN {parts} END)"


def _of_days(text: str) -> str:
    return _seconds(f"regexp_extract({text}, '([0-9]+) day', 1)", _DAY)


def _of_clock(text: str) -> str:
    """[N days] H:MM[:SS[.f]] without the days; nothing behind the days is no time."""
    clock = f"regexp_extract({text}, '[0-9]+:[0-9:.,]+$')"
    parts = [
        _seconds(f"split_part({clock}, ':', {place})", unit)
        for place, unit in ((1, _HOUR), (2, 60), (3, 1))
    ]
    return f"({' + '.join(parts)})"


def _seconds(number: str, unit: int) -> str:
    """A number of units as a decimal number of seconds: no binary fraction could be exact."""
    value = f"coalesce(nullif(replace({number}, ',', '.'), ''), '0')"
    return f"TRY_CAST({value} AS DECIMAL(38, 6)) * {unit}"


def _signed(text: str, seconds: str) -> str:
    return f"(CASE WHEN starts_with({text}, '-') THEN -({seconds}) ELSE {seconds} END)"
