"""Mutants of C++ sources in the project's format: every operator, number, condition and statement.

The sources are formatted by clang-format, which is what makes this possible without a parser: a
binary operator has a space on both sides, and nothing else that is spelt like one has.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

_SPACES = "chainrule::mutants::"


class Place(NamedTuple):
    """One mutant: its number, where it stands and what it does."""

    number: int
    file: str
    line: int
    what: str
    text: str
    nth: int = 0  # of those in its file that do the same to an equal line

    @property
    def key(self) -> str:
        """What the mutant is called as long as its line stays as it is, wherever that stands."""
        return f"{self.file}: {self.text}: {self.what}: {self.nth}"


class _Edit(NamedTuple):
    at: int
    end: int
    order: int  # of insertions at one place: what opens last stands innermost
    text: str


# Operator -> (name in switches.h, what carries it, what its mutants make of it).
_BINARY = {
    "<": ("Less", "<", ("<=", ">=")),
    "<=": ("AtMost", "<", ("<", ">")),
    ">": ("More", "<", (">=", "<=")),
    ">=": ("AtLeast", "<", (">", "<")),
    "==": ("Equal", "==", ("!=",)),
    "!=": ("Unequal", "==", ("==",)),
    "+": ("Plus", "+", ("-",)),
    "-": ("Minus", "+", ("+",)),
    "*": ("Times", "*", ("/",)),
    "/": ("Over", "*", ("*",)),
    "%": ("Modulo", "*", ("*",)),
}
_OPERATOR = re.compile(r"(?<=\s)(<=|>=|==|!=|<|>|\+|-|\*|/|%)(?=\s)")
_LOGIC = re.compile(r"(?<=\s)(&&|\|\|)(?=\s)")
_NUMBER = re.compile(r"(?<![\w.<'])(\d+\.\d*(?:e-?\d+)?|\d+e-?\d+|\d+)(u?)(?![\w.>'])")
_CONDITION = re.compile(r"\b(?:if|while) \(")
_EXTREME = re.compile(r"\bstd::(min|max)(?:<(\w+)>)?\(")
_FLAG = re.compile(r"\b(true|false)\b(?!_)")
_MINUS = re.compile(r"(?<=[\s(\[{])-(?=[A-Za-z_(\d])")
_NOT = re.compile(r"(?<![\w=!])!(?=[\w(])")
# A statement that is a call or an assignment; a declaration has a space in what comes first.
_CALL = re.compile(r"(?:[\w.:>\[\]*&+-]|\(\*\w+\))+(?:<[\w<>]+>)?\(")
_ASSIGNMENT = re.compile(r"(?:\(\w+ > 0 \? \w+ : \w+\)|\*?[\w.:>\[\]-]+) (?:[+*/&|-]|<<|>>)?= ")
_JUMP = re.compile(r"(?:return|continue|break);")
# What stands before the brace of a body, or of a block within one.
_BODY = re.compile(r"(?:[);{}\]]|\b(?:const|override|else|do|noexcept)|case [\w:]+:)$")
# What the language wants to know when it compiles.
_FIXED = re.compile(
    r"\bconstexpr\b|\bstatic_assert\b|\benum\b|\busing\b|\btypedef\b|\bcase\b|\btemplate\b|\balignas\b|\brequires\b"
)
_LANES = re.compile(r"\b__builtin_shufflevector\(")
_ARGUMENTS = re.compile(r"\w<(?!<)")  # of a template: an operator has a space before it
# The size of an array where it is declared.
_EXTENT = re.compile(r"(?:\b(?!return|else)\w+[>&*]* |\(&)\w+\)?(?P<extent>\[)(?:[^\]]*\]\[)*")
_DEFAULT_OF_MEMBER = re.compile(r"^  (?:const )?[\w:<>*, ]+ \w+(?:\[\w+\])? = [^()]*;$")


def masked(text: str) -> str:
    """The text with spaces for comments, strings and what the preprocessor reads."""
    pattern = re.compile(
        r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\\n])'|^#(?:[^\n]*\\\n)*[^\n]*",
        re.DOTALL | re.MULTILINE,
    )
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def _closing(text: str, at: int) -> int:
    """Where the bracket that opens at `at` closes."""
    depth = 0
    for i in range(at, len(text)):
        if text[i] in "([{":
            depth += 1
        elif text[i] in ")]}":
            depth -= 1
            if depth == 0:
                return i
    raise ValueError("a bracket does not close")


def _fixed(text: str, is_header: bool) -> bytearray:
    """A mark for every place that must stay as it is: 2 where what surrounds it may change."""
    marks = bytearray(len(text))
    for found in _FIXED.finditer(text):
        at = found.start()
        if found.group() == "template":
            begins = text.startswith("template <", at)
            end = _end_of_arguments(text, at + 9) if begins else text.find(";", at)
        elif found.group() == "requires":
            end = _closing(text, text.find("(", at))
        elif found.group() == "case":
            end = re.compile(r"(?<!:):(?!:)").search(text, at).end()  # type: ignore[union-attr]
        else:
            if text[:at].endswith("if "):  # if constexpr (...)
                end = _closing(text, text.find("(", at))
            else:
                end = _end_of_declaration(text, at)
        marks[at:end] = b"\1" * (end - at)
    for found in _ARGUMENTS.finditer(text):
        at = found.end() - 1
        end = _end_of_arguments(text, at)
        marks[at:end] = b"\2" * (end - at)
    for found in _LANES.finditer(text):
        at, end = found.end(), _closing(text, found.end() - 1)
        marks[at:end] = b"\2" * (end - at)
    for found in _EXTENT.finditer(text):
        at, end = found.start("extent"), _closing(text, found.end() - 1)
        marks[at:end] = b"\2" * (end - at)
    start = 0
    for line in text.split("\n"):
        if is_header and _DEFAULT_OF_MEMBER.match(line.rstrip()):
            marks[start : start + len(line)] = b"\1" * len(line)
        start += len(line) + 1
    return marks


def _end_of_declaration(text: str, at: int) -> int:
    i = at
    while i < len(text):
        if text[i] == "(" or text[i] == "[":
            i = _closing(text, i)
        elif text[i] == "{":
            if text[:i].rstrip().endswith((")", "const")):  # of a body
                return _closing(text, i) + 1
            i = _closing(text, i)
        elif text[i] == ";":
            return i
        i += 1
    return i


def _end_of_arguments(text: str, at: int) -> int:
    """Where the template's arguments that open at `at` end."""
    i = at
    while text[i] != ">":
        i += 1
        if text[i] in "([{":
            i = _closing(text, i) + 1
        elif text[i] == "<":
            i = _end_of_arguments(text, i)
    return i + 1


def _start_of_operand(text: str, at: int, logic: bool) -> int:
    """Where what ends before `at` begins."""
    i = at
    while i > 0:
        i -= 1
        if text[i] in ")]}":
            depth = 1
            while depth:
                i -= 1
                depth += (text[i] in ")]}") - (text[i] in "([{")
            continue
        if text[i] in "([{,;?":
            return i + 1
        if text[i] == ":" and text[i - 1] != ":" and text[i + 1] != ":":
            return i + 1
        if logic and text[i - 1 : i + 1] in ("&&", "||"):
            return i + 1
        if text[i] == "=" and text[i + 1].isspace() and text[i - 1] in " +-*/&|":
            return i + 1
        if text[i - 5 : i + 1] == "return" and text[i + 1].isspace():
            return i + 1
    return 0


def _end_of_operand(text: str, at: int) -> int:
    """Where what begins at `at`, an operand of && or ||, ends."""
    i = at
    while i < len(text):
        if text[i] in "([{":
            i = _closing(text, i)
        elif (
            text[i] in ")]},;?"
            or text[i : i + 4] in (" && ", " || ")
            or (text[i] == "\n" and text[i + 1 :].lstrip()[:2] in ("&&", "||"))
        ) or (text[i] == ":" and text[i - 1] != ":" and text[i + 1] != ":"):
            return i
        i += 1
    return i


class Mutator:
    """Rewrites one file after another, and numbers what it finds from 1."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self._alike: Counter[tuple[str, str, str]] = Counter()

    def rewritten(self, file: str, source: str) -> str:
        """The source with every mutant behind its switch."""
        self._file, self._source = file, source
        text = masked(source)
        fixed = _fixed(text, file.endswith(".h"))
        self._edits: list[_Edit] = []
        for at, end, edit in self._found(text):
            if 1 not in fixed[at:end] and fixed[at] != 2:
                edit()
        out, last = [], 0
        for edit_ in sorted(self._edits, key=lambda e: (e.at, e.order)):
            out += [source[last : edit_.at], edit_.text]
            last = edit_.end
        return "".join([*out, source[last:]])

    def _number(self, at: int, what: str) -> int:
        line = self._source.count("\n", 0, at) + 1
        text = self._source.split("\n")[line - 1].strip()
        alike = (self._file, text, what)
        number = len(self.places) + 1
        self.places.append(Place(number, self._file, line, what, text, self._alike[alike]))
        self._alike[alike] += 1
        return len(self.places)

    def _wrap(self, at: int, end: int, before: str, after: str) -> None:
        while self._source[at].isspace():
            at += 1
        while self._source[end - 1].isspace():
            end -= 1
        width = end - at
        self._edits.append(_Edit(at, at, 10_000_000 - width, before))
        self._edits.append(_Edit(end, end, -10_000_000 + width, after))

    def _replace(self, at: int, end: int, text: str) -> None:
        self._edits.append(_Edit(at, end, 20_000_000, text))

    def _found(self, text: str) -> Iterator[tuple[int, int, object]]:
        yield from self._binary(text)
        yield from self._logic(text)
        yield from self._conditions(text)
        yield from self._leaves(text)
        yield from self._statements(text)

    def _binary(self, text: str):  # type: ignore[no-untyped-def]
        for found in _OPERATOR.finditer(text):
            name, carrier, wrong = _BINARY[found.group()]

            def edit(found=found, name=name, carrier=carrier, wrong=wrong) -> None:  # type: ignore[no-untyped-def]
                numbers = [self._number(found.start(), f"{found.group()} -> {w}") for w in wrong]
                self._replace(
                    found.start(),
                    found.end(),
                    f"{carrier} {_SPACES}{name}<{numbers[0]}>{{}} {carrier}",
                )

            yield found.start(), found.end(), edit

    def _logic(self, text: str):  # type: ignore[no-untyped-def]
        for found in _LOGIC.finditer(text):
            both = found.group() == "&&"
            left = _start_of_operand(text, found.start() - 1, logic=True)
            right = _end_of_operand(text, found.end())
            for at, end, side in ((left, found.start(), "left"), (found.end(), right, "right")):

                def edit(at=at, end=end, side=side, both=both, found=found) -> None:  # type: ignore[no-untyped-def]
                    n = self._number(found.start(), f"{found.group()} without its {side} side")
                    test = f"{_SPACES}on({n}) ||" if both else f"!{_SPACES}on({n}) &&"
                    self._wrap(at, end, f"({test} (", "))")

                yield at, end, edit

    def _conditions(self, text: str):  # type: ignore[no-untyped-def]
        places = [(m.end(), _closing(text, m.end() - 1)) for m in _CONDITION.finditer(text)]
        places += [
            (_start_of_operand(text, m.start(), logic=False), m.start())
            for m in re.finditer(r"(?<=\s)\?(?=\s)", text)
        ]
        for at, end in places:
            if ";" in text[at:end] or re.search(r"\w+\s[*&]?\w+ = ", text[at:end]):
                continue

            def edit(at=at, end=end) -> None:  # type: ignore[no-untyped-def]
                n = self._number(at, "condition negated")
                self._wrap(at, end, f"{_SPACES}negated<{n}>(", ")")

            yield at, end, edit

    def _leaves(self, text: str):  # type: ignore[no-untyped-def]
        for found in _NUMBER.finditer(text):
            if re.search(r"(?:const|override|\)) = $", text[: found.start()][-12:]):
                continue  # a function without a body

            def edit(found=found) -> None:  # type: ignore[no-untyped-def]
                value, unsigned = found.groups()
                n = self._number(found.start(), f"{value} -> {value} + 1")
                name = "number"
                if value.isdigit() and value != "0":
                    self._number(found.start(), f"{value} -> {value} - 1")
                    name = "number_up_or_down"
                self._replace(
                    found.start(), found.end(), f"{_SPACES}{name}<{n}>({value}{unsigned})"
                )

            yield found.start(), found.end(), edit
        for found in _EXTREME.finditer(text):

            def swap(found=found) -> None:  # type: ignore[no-untyped-def]
                kind, of = found.groups()
                n = self._number(found.start(), f"{kind} -> {'max' if kind == 'min' else 'min'}")
                name = "least" if kind == "min" else "greatest"
                self._replace(
                    found.start(), found.end() - 1, f"{_SPACES}{name}<{n}{f', {of}' if of else ''}>"
                )

            yield found.start(), found.end() - 1, swap
        for pattern, what, form in (
            (_FLAG, "{} negated", "({on} != {})"),
            (_NOT, "without !", "{on} ^ !"),
            (_MINUS, "without -", _SPACES + "Sign<{n}>{{}} *"),
        ):
            for found in pattern.finditer(text):

                def flip(found=found, what=what, form=form) -> None:  # type: ignore[no-untyped-def]
                    n = self._number(found.start(), what.format(found.group()))
                    on = f"{_SPACES}on({n})"
                    text = form.format(found.group(), on=on, n=n)
                    self._replace(found.start(), found.end(), text)

                yield found.start(), found.end(), flip

    def _statements(self, text: str):  # type: ignore[no-untyped-def]
        for begin in re.finditer(
            r"(?<=[;{})])\s+(?=[\w*(])|\b(?:else|default:|case [\w:]+:)\s+(?=\w)", text
        ):
            at = begin.end()
            kinds = (_CALL, _ASSIGNMENT, _JUMP)
            if not any(kind.match(text, at) for kind in kinds):
                continue
            if re.match(
                r"(?:if|while|for|switch|return [^;]|else|do|new|delete|operator)\b", text[at:]
            ):
                continue
            end = self._end_of_statement(text, at)
            if end is None or not self._in_function(text, at):
                continue

            def edit(at=at, end=end) -> None:  # type: ignore[no-untyped-def]
                n = self._number(at, "statement removed")
                self._wrap(at, end, f"{{ if (!{_SPACES}on({n})) {{ ", " } }")

            yield at, at + 1, edit

    @staticmethod
    def _end_of_statement(text: str, at: int) -> int | None:
        i = at
        while i < len(text):
            if text[i] in "([{":
                i = _closing(text, i)
            elif text[i] == ";":
                return i + 1
            elif text[i] in ")]}":
                return None
            i += 1
        return None

    @staticmethod
    def _in_function(text: str, at: int) -> bool:
        """Whether the brace around it is that of a body: behind ) or const, override, else, do."""
        depth, i = 0, at
        while i > 0:
            i -= 1
            if text[i] in ")]}":
                depth += 1
            elif text[i] in "([{":
                if depth == 0:
                    before = text[:i].rstrip()
                    return text[i] == "{" and _BODY.search(before) is not None
                depth -= 1
        return False
