"""How the commands print explanations: as text, LaTeX, a web page or JSON, and as drawings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from chainrule.cli.output import Output, speaks_unicode, width

if TYPE_CHECKING:
    from chainrule.explain.explanation import Explanation
    from chainrule.explain.trace import StepTrace


@dataclass(frozen=True)
class Showing:
    """What an explanation shows, and in which form.

    Attributes
    ----------
    top : str
        Terms of a long sum: a whole number or "all".
    digits : str
        Significant digits: 1 to 17 or "full".
    check : str
        "central", "complex" or "none".
    latex, latex_fragment, html : bool
        A document, a part of one, or a page.
    draw : bool
        Whether the network is drawn, too.
    full : bool
        Whether every equation is shown.
    """

    top: str = "5"
    digits: str = "4"
    check: str = "central"
    latex: bool = False
    latex_fragment: bool = False
    html: bool = False
    draw: bool = False
    full: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be read before any work is done."""
        self.settings()
        if self.latex + self.latex_fragment + self.html > 1:
            raise typer.BadParameter(
                "--latex, --latex-fragment and --html exclude each other; leave out all but one."
            )
        if self.draw and self.is_markup:
            raise typer.BadParameter(
                "--draw goes with text; leave out --latex, --latex-fragment and --html."
            )

    @property
    def is_markup(self) -> bool:
        """Whether standard output is LaTeX or HTML, for a file or another program."""
        return self.latex or self.latex_fragment or self.html

    def settings(self) -> dict[str, Any]:
        """The arguments of `explain`."""
        from chainrule.explain.check.central_difference import METHODS

        if self.check not in METHODS:
            raise typer.BadParameter(f"--check takes {', '.join(METHODS)}, found {self.check!r}.")
        return {
            "top": self._top(), "digits": self._digits(), "check": self.check, "full": self.full,
        }  # fmt: skip

    def _top(self) -> int | None:
        if self.top == "all":
            return None
        if self.top.isascii() and self.top.isdigit() and int(self.top) > 0:
            return int(self.top)
        raise typer.BadParameter(f"--top takes a number above 0 or 'all', found {self.top!r}.")

    def _digits(self) -> int | str:
        if self.digits == "full":
            return "full"
        if self.digits.isascii() and self.digits.isdigit() and 1 <= int(self.digits) <= 17:
            return int(self.digits)
        raise typer.BadParameter(f"--digits takes 1 to 17 or 'full', found {self.digits!r}.")

    def drawing(self, out: Output, trace: StepTrace, row: int) -> None:
        """The network with a row's values."""
        from chainrule.explain.trace.draw import draw

        text = draw(trace, row, digits=self._digits(), unicode=speaks_unicode())
        out.result(*text.splitlines())

    def explanations(self, out: Output, found: Sequence[Explanation]) -> None:
        """All of them, one after the other."""
        if self.latex:
            from chainrule.explain.render.latex import latex_document

            out.result(*latex_document(found).splitlines())
        elif self.latex_fragment:
            out.result(*"\n".join(one.to_latex() for one in found).splitlines())
        elif self.html:
            from chainrule.explain.render.html import html_document

            out.result(*html_document(found).splitlines())
        else:
            for place, one in enumerate(found):
                text = one.to_text(unicode=speaks_unicode(), width=width())
                out.result(*([""] if place else []), *text.splitlines())
