"""Every exception that chainrule raises on purpose.

    ChainruleError
    ├── SpecError        a network or training description that cannot be (also ValueError)
    ├── DataError        rows, columns or targets that cannot be used     (also ValueError)
    │   └── TableFileError   a file or query that cannot be read as a table
    ├── ModelFileError   a model file that is damaged, foreign or newer   (also ValueError)
    └── DivergedError    training left the finite numbers                 (also ValueError)

Each message is one sentence that names the argument, column or row, says what was found, and what
to do; a `hint` may add a remedy, which the command line prints on a line of its own.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any

from chainrule.visible import visible_lines

_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep


class ChainruleError(Exception):
    """Base of all errors raised on purpose.

    Parameters
    ----------
    message : str
        One sentence: what was found, and where.
    hint : str, default ""
        A remedy, one sentence.

    Attributes
    ----------
    message, hint : str
        As given; `str` of the error is both, control characters in names shown as escapes.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(visible_lines(f"{message} {hint}".strip()))
        self.message = message
        self.hint = hint


class SpecError(ChainruleError, ValueError):
    """A network or training description that cannot be."""


class DataError(ChainruleError, ValueError):
    """Rows, columns or targets that cannot be used."""


class TableFileError(DataError):
    """A file or query that cannot be read as a table."""


class ModelFileError(ChainruleError, ValueError):
    """A model file that is damaged, not ours, or written by a newer version."""


class DivergedError(ChainruleError, ValueError):
    """Training left the finite numbers; no parameter was updated with the bad step.

    Attributes
    ----------
    result : FitResult
        What training had reached: parameters, state and history of the last finite epoch.
    place : NonFinite or None
        Epoch, batch, rows, layer and quantity that were not finite first, and what is to blame.
    """

    result: Any = None
    place: Any = None


class DataNotice(UserWarning):
    """Something in the rows that the model handled, and that their owner should know."""


def warn_caller(message: str, category: type[Warning] = DataNotice) -> None:
    """Warn of something at the line outside this package that led here, however deep that is.

    Parameters
    ----------
    message : str
    category : type, default DataNotice
    """
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)
