"""What a pocket calculator makes of the numbers in an explanation's text; it knows nothing else."""

from __future__ import annotations

import re
from typing import NamedTuple

import mpmath

mpmath.mp.dps = 60
NUMBER = re.compile(r"(?<![\w.])(\d+\.?\d*(?:e[+-]\d+)?)")
WIDE = 1_000_000  # so that no line is broken
NAMES = {
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "ln": mpmath.log,
    "sqrt": mpmath.sqrt,
    "cos": mpmath.cos,
    "sin": mpmath.sin,
    "tanh": mpmath.tanh,
    "abs": abs,
    "sign": mpmath.sign,
    "step": lambda x: mpmath.mpf(x > 0),
    "max": max,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "Phi": mpmath.ncdf,
    "phi": mpmath.npdf,
    "number": mpmath.mpf,
}


class Shown(NamedTuple):
    """One equation between numbers: "0.5*0.02000 = 0.01000"."""

    numbers: str
    sign: str
    value: str


def shown_equations(explanation, full=True):
    """Every line of its text that says what numbers give."""
    found = []
    for line in explanation.to_text(full=full, unicode=False, width=WIDE).splitlines():
        sides = re.split(r"\s+([=~]) ", line)
        value, sign = sides[-1].strip(), sides[-2] if len(sides) > 2 else ""
        numbers = sides[-3].removeprefix("= ").strip() if sign else ""
        if sign and is_written_out(numbers) and re.fullmatch(r"-?[\d.]+(e[+-]\d+)?", value):
            found.append(Shown(numbers, sign, value))
    return found


def shown_sums(explanation):
    """(parts, total) of every list of shares in its full text."""
    found, parts = [], []
    for line in explanation.to_text(full=True, unicode=False, width=WIDE).splitlines():
        share = re.fullmatch(r"  .*?  +([+-]?[\d.]+(?:e[+-]\d+)?)(?:  (?:#+|-+))?", line)
        total = re.fullmatch(r"  sum = .* = (-?[\d.]+(?:e[+-]\d+)?)", line)
        if total:
            found.append((parts, total[1]))
        parts = [*parts, share[1]] if share else []
    return found


def is_written_out(text):
    """Whether there is something to work out, and nothing but numbers in it."""
    plain = re.sub(r"\(\d+ more\)|e[+-]\d+", "", text)
    words = set(re.findall(r"[A-Za-z_]\w*", plain))
    return bool(words <= set(NAMES)) and not re.fullmatch(r"-?[\d.]*", plain) and "[]" not in plain


def work_out(numbers):
    """The value of an expression as it is written."""
    text = re.sub(r" \(\d+ more\)", "", numbers)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = re.sub(r"\[([^\]]*) > 0\]", r"step(\1)", text).replace("^", "**")
    text = re.sub(r"\*\*(\d+)", r"**int(\1)", text)
    text = NUMBER.sub(r"number('\1')", text).replace("int(number('2'))", "2")
    return eval(text, {"int": int}, NAMES)


def holds(shown):
    """Whether the value is what the numbers give, to its last digit."""
    return rounds_to(work_out(shown.numbers), shown.value)


def adds_up(parts, total):
    """Whether shares add up to their total, to its last digit."""
    return rounds_to(mpmath.fsum(mpmath.mpf(part) for part in parts), total)


def rounds_to(value, text):
    """Whether a text is a value, rounded to its last digit."""
    mantissa, _, exponent = text.partition("e")
    decimals = len(mantissa.partition(".")[2])
    unit = mpmath.mpf(10) ** (int(exponent or 0) - decimals)
    return abs(value - mpmath.mpf(text)) <= unit / 2 * (1 + mpmath.mpf("1e-12"))
