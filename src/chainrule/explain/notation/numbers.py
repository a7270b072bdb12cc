"""The one way in which a number becomes text, here and in the browser.

Four significant digits unless asked otherwise: plain notation from 1e-4 up to 1e6, powers of ten
beyond. "full" is the shortest text that reads back to the same bits.
"""

from __future__ import annotations

import math

Digits = int | str  # 1..17, or "full"


def format_number(value: float, digits: Digits = 4) -> str:
    """A number as text with `digits` significant digits.

    Parameters
    ----------
    value : float
    digits : int from 1 to 17, or "full"

    Returns
    -------
    str
        "0.4000", "-0.03810", "1234", "4.386e-05", "0", "inf"; with "full" the shortest text that
        reads back to the same number.
    """
    value = float(value)
    if not math.isfinite(value):
        return "NaN" if value != value else "inf" if value > 0 else "-inf"
    if value == 0:
        return "0"
    if digits == "full":
        return repr(value).removesuffix(".0")
    n = int(digits)
    mantissa, exponent = f"{value:.{n - 1}e}".split("e")  # rounded, so that 9.9996 counts as 10
    power = int(exponent)
    if -5 < power < 6:
        return f"{value:.{max(n - 1 - power, 0)}f}"
    return f"{mantissa}e{power:+03d}"


def format_error(value: float) -> str:
    """A relative error, which nobody needs exactly: "0", "3e-09", "0.2"."""
    if value == 0 or not math.isfinite(value):
        return format_number(value)
    return f"{value:.1g}" if value >= 1e-3 else f"{value:.0e}"
