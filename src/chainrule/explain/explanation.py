"""What `explain` returns: its contents, and the four ways in which they are written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chainrule.explain.notation.contents import Contents
from chainrule.explain.render.html import html_document, render_html
from chainrule.explain.render.json import render_json
from chainrule.explain.render.latex import latex_document, render_latex
from chainrule.explain.render.screen import render_text


class Explanation(Contents):
    """The derivation of one quantity; prints as text, shows as mathematics in notebooks.

    Attributes
    ----------
    quantity : str
        Canonical identifier, such as "W1[3,7]".
    what : str
        One sentence: what the quantity is.
    value : float
    row : int
        The row that the one-row equations are about.
    header : dict
        `StepTrace.header()`, plus conventions and names.
    sections : tuple of Section
        The quantity itself first, then where its numbers come from.
    rows : Rows or None
    paths : Paths or None
    update : tuple of Equation
    prediction : Prediction or None
    check : Check or None
        The value beside one that was found without the chain rule.
    verdicts : tuple of Verdict
        On the equations, the update and the step.
    origin : str
        Where an input comes from in the table.
    remarks : tuple of str
        How a penalty or decay enters.
    digits : int or "full"
        Of numbers in text; JSON always has all.
    notice : str
        What comes before all else: that the row asked for adds nothing.
    blocks : tuple of Block
        Headings with sentences, equations and shares, as every form writes them.
    full : bool
        Whether the full form is written, or the short one.
    """

    def to_text(self, *, full: bool | None = None, unicode: bool = True, width: int = 80) -> str:
        """As lines for a terminal; `full` None is the form that was asked for.

        Parameters
        ----------
        full : bool, optional
            Every equation, or one screen.
        unicode : bool, default True
            False keeps to ASCII.
        width : int, default 80
            Characters of a line.

        Returns
        -------
        str
        """
        return render_text(self._in_form(full), unicode=unicode, width=width)

    def to_latex(self, *, full: bool | None = None, document: bool = False) -> str:
        """As a part of a document, whose first line says what it needs, or as one that compiles.

        Parameters
        ----------
        full : bool, optional
            Every equation, or one screen. Default: the form that was asked for.
        document : bool, default False
            Whether it compiles by itself.

        Returns
        -------
        str
        """
        found = self._in_form(full)
        return latex_document([found]) if document else render_latex(found)

    def to_html(self, *, document: bool = False) -> str:
        """As a `div` with its style, or as a page of its own; neither needs a script.

        Parameters
        ----------
        document : bool, default False
            Whether it is a page of its own.

        Returns
        -------
        str
        """
        return html_document([self]) if document else render_html(self)

    def _in_form(self, full: bool | None) -> Explanation:
        return self if full is None else replace(self, full=full)

    def to_json(self) -> dict[str, Any]:
        """Every number at full precision and as shown, as plain values.

        Returns
        -------
        dict
            `chainrule.explanation/2`.
        """
        return render_json(self)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()

    def _repr_latex_(self) -> str:
        return self.to_latex()
