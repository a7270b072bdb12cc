"""`Report`: contents, and the two ways in which they are written."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from typing import Any

from chainrule.errors import SpecError
from chainrule.files.write import write_atomically
from chainrule.report.contents import Contents
from chainrule.report.html.page import page
from chainrule.report.markdown import markdown


@dataclass(frozen=True)
class Report:
    """What a model is worth, where it errs, and where it comes from.

    Attributes
    ----------
    contents : Contents
        Everything that is said, as data.
    """

    contents: Contents

    def to_html(self) -> str:
        """One page, in ASCII, that needs no script and loads nothing."""
        return page(self.contents)

    def to_markdown(self) -> str:
        """A model card."""
        return markdown(self.contents)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return self.contents.to_json()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page, or the card where the name ends with .md.

        Parameters
        ----------
        path : str or path
            Ends with .html, .htm or .md. A file that is there is replaced.

        Raises
        ------
        SpecError
            For another ending.
        ModelFileError
            Where the file cannot be written.
        """
        write_atomically(path, self.written(path).encode("utf-8"))

    def written(self, path: str | os.PathLike[str]) -> str:
        """The text of a file of that name.

        Raises
        ------
        SpecError
            For a name that ends with neither .html, .htm nor .md.
        """
        ending = os.path.splitext(os.fspath(path))[1].lower()
        if ending in (".html", ".htm"):
            return self.to_html()
        if ending == ".md":
            return self.to_markdown()
        raise SpecError(f"a report is written to .html or .md, found {str(path)!r}.")

    def __repr__(self) -> str:
        return f"Report: {self.contents.verdict.sentence}"

    def _repr_html_(self) -> str:
        """The page in a frame of its own, whose style stays inside."""
        return (
            '<iframe title="report" width="100%" height="720" style="border: 0" '
            f'srcdoc="{escape(self.to_html())}"></iframe>'
        )
