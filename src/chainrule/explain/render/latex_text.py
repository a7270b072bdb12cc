"""Text of any kind as LaTeX that pdflatex shows: ASCII, escaped, with places for a break.

A column may be called `a_b%$#{}~^\\`, `größe`, `δ₁` or `身長`. Latin letters keep their accents and
Greek ones are set as mathematics; any other letter, for which plain LaTeX has no font, is shown as
its code point, U+8EAB.
"""

from __future__ import annotations

import re
import unicodedata

_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\char36{}", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\ensuremath{<}", ">": r"\ensuremath{>}", "|": r"\ensuremath{|}",
    "-": "-{}", "`": "`{}", "'": "'{}", ",": ",{}", '"': "''",  # no ligatures
    "\u00a0": "~", "\u00ad": "", "ı": r"\i{}", "ȷ": r"\j{}",
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "ø": r"\o{}", "Ø": r"\O{}", "œ": r"\oe{}",
    "Œ": r"\OE{}", "ł": r"\l{}", "Ł": r"\L{}", "å": r"\aa{}", "Å": r"\AA{}",
    "¡": "!`", "¿": "?`", "§": r"\ensuremath{\mathsection}", "¶": r"\ensuremath{\mathparagraph}",
    "–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''", "„": ",,", "…": r"\dots{}",
    "•": r"\ensuremath{\bullet}",
}  # fmt: skip

_SIGNS = {
    "−": "-", "±": r"\pm", "×": r"\times", "·": r"\cdot", "÷": r"\div", "≤": r"\leq", "≥": r"\geq",
    "≠": r"\neq", "≈": r"\approx", "∞": r"\infty", "→": r"\rightarrow", "←": r"\leftarrow",
    "↑": r"\uparrow", "↓": r"\downarrow", "∂": r"\partial", "∑": r"\sum", "√": r"\surd",
    "∏": r"\prod", "∫": r"\int", "°": r"^\circ", "′": "'", "″": "''", "ℓ": r"\ell", "‖": r"\Vert",
    "⊙": r"\odot", "¬": r"\neg", "∈": r"\in", "ε": r"\varepsilon", "ϵ": r"\epsilon",
    "ς": r"\varsigma",
}  # fmt: skip
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u",
    "\u0307": ".", "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d",
    "\u0327": "c", "\u0331": "b",
}  # fmt: skip
_LATIN_CAPITALS = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True))
_LONG = 12  # letters of a word, after which it may be broken


def escape(text: str) -> str:
    """Text that LaTeX shows as it is, in ASCII; long words may be broken."""
    parts = re.findall(r"[ \t\r\n]+|[^ \t\r\n]+", text)
    return "".join(" " if part[0] in " \t\r\n" else _word(part) for part in parts)


def _word(word: str) -> str:
    """Its letters, and behind every sign and every few letters of a long one room for a break."""
    letters = [_letter(letter) for letter in unicodedata.normalize("NFC", word)]
    if len(letters) <= _LONG:
        return "".join(letters)
    out, run = [], 0
    for written, letter in zip(letters, unicodedata.normalize("NFC", word), strict=True):
        out.append(written)
        run = run + 1 if letter.isalnum() and written == letter else _LONG
        if run >= _LONG:
            out.append(r"\hspace{0pt}")
            run = 0
    return "".join(out)


def _letter(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter in _SIGNS:
        return rf"\ensuremath{{{_SIGNS[letter]}}}"
    if " " <= letter <= "~":
        return letter
    return _greek(letter) or _accented(letter) or _raised(letter) or _code_point(letter)


def _greek(letter: str) -> str:
    """A Greek letter without accents."""
    name = unicodedata.name(letter, "")
    found = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", name)
    if found is None or not "\u0391" <= letter <= "\u03c9":
        return ""
    if letter in _LATIN_CAPITALS:
        return _LATIN_CAPITALS[letter]
    if letter == "ο":
        return r"\ensuremath{o}"
    word = {"LAMDA": "lambda"}.get(found[2], found[2].lower())
    return rf"\ensuremath{{\{word if found[1] == 'SMALL' else word.capitalize()}}}"


def _accented(letter: str) -> str:
    """A Latin letter with one accent."""
    parts = unicodedata.normalize("NFD", letter)
    if len(parts) == 2 and parts[0].isascii() and parts[0].isalpha() and parts[1] in _ACCENTS:
        return rf"\{_ACCENTS[parts[1]]}{{{parts[0]}}}"
    return ""


def _raised(letter: str) -> str:
    """A raised or lowered digit, letter or sign, and a letter in another style."""
    how, _, plain = unicodedata.decomposition(letter).rpartition(" ")
    if how not in ("<super>", "<sub>", "<compat>", "<wide>", "<font>"):
        return ""
    shown = _letter(chr(int(plain, 16)))
    mark = {"<super>": "^", "<sub>": "_"}.get(how)
    return rf"\ensuremath{{{mark}{{\mbox{{\scriptsize {shown}}}}}}}" if mark else shown


def _code_point(letter: str) -> str:
    return rf"\texttt{{U+{ord(letter):04X}}}"
