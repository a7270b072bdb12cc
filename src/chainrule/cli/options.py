"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

_DATA = "CSV, TSV, Parquet, JSON, Excel or SQLite file, also compressed; - is standard input."
Data = Annotated[str, typer.Argument(metavar="DATA", help=_DATA)]
Tables = Annotated[
    list[str] | None, typer.Argument(metavar="DATA...", help=f"{_DATA} Several are joined.")
]
Model = Annotated[str, typer.Argument(metavar="MODEL", help="A file that train wrote.")]
Signed = Annotated[
    str | None,
    typer.Option(
        "--require-signature",
        metavar="KEY",
        help="Refuse a model that the owner of this public key has not signed; see sign.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the result alone.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that exists.")]
Threads = Annotated[
    int | None,
    typer.Option("--threads", min=1, help="Number of threads; it never changes a result."),
]

Target = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="Column of true values; that of training if left out."),
]

Balanced = Annotated[bool, typer.Option("--balanced", help="Give every class the same weight.")]
Text = Annotated[
    list[str] | None,
    typer.Option(metavar="COLUMN", help="Read this column as text; repeatable."),
]
Ignore = Annotated[
    list[str] | None, typer.Option(metavar="COLUMN", help="Leave this column out; repeatable.")
]


ModelFile = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="FILE", help="Model file; default DATA's name with .safetensors."
    ),
]
HeldTogether = Annotated[
    str | None,
    typer.Option(
        "--groups", metavar="COLUMN", help="Rows of one value are held out together; no input."
    ),
]
RowWeights = Annotated[
    str | None, typer.Option("--weights", metavar="COLUMN", help="Weight of each row; no input.")
]


class Preset(StrEnum):
    """The keys of `estimators.tabular.recipe.PRESETS`, which --help does not load."""

    default = "default"
    fast = "fast"
    best = "best"


Learned = Annotated[str, typer.Option("--target", metavar="COLUMN", help="Column to predict.")]
Folds = Annotated[int, typer.Option("--folds", min=2, help="Number of folds.")]
FoldSeed = Annotated[int, typer.Option("--seed", min=0, help="Seed of folds and models.")]
FoldGroups = Annotated[
    str | None,
    typer.Option(
        "--groups", metavar="COLUMN", help="Rows of one value stay in one fold; no input."
    ),
]
FoldTime = Annotated[
    str | None,
    typer.Option("--time", metavar="COLUMN", help="Every fold is later than its training."),
]

DropMissingTarget = Annotated[
    bool,
    typer.Option("--drop-missing-target", help="Leave out rows that have no target."),
]

Row = Annotated[
    int | None,
    typer.Option("--row", min=0, help="Row to show, from 0; the one that adds most if left out."),
]
Top = Annotated[
    str, typer.Option("--top", metavar="N", help="Number of terms to show of a long sum, or 'all'.")
]
Digits = Annotated[
    str,
    typer.Option("--digits", metavar="N", help="Number of significant digits, 1 to 17, or 'full'."),
]
CheckBy = Annotated[
    str, typer.Option("--check", metavar="METHOD", help="How to check: central, complex or none.")
]
Full = Annotated[bool, typer.Option("--full", help="Show every equation, not one screen.")]
AsLatex = Annotated[bool, typer.Option("--latex", help="Print a LaTeX document.")]
AsLatexFragment = Annotated[
    bool, typer.Option("--latex-fragment", help="Print LaTeX for a document that loads amsmath.")
]
AsHtml = Annotated[bool, typer.Option("--html", help="Print a web page with MathML.")]
Draw = Annotated[bool, typer.Option("--draw", help="Draw the network with the row's numbers.")]
OnPaper = Annotated[
    bool, typer.Option("--worksheet", help="Print the questions with blanks, and a key.")
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", help="Ask with other numbers: those of seed N."),
]
