"""What a damaged or forged model file does when it is opened and asked.

It is refused by `load` with an error of the project that says why, or it loads and every answer is
sensible: of the right shape, finite, within what it stands for. Anything else is a finding.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.errors import DataError, ModelFileError
from chainrule.estimators.load import loads
from chainrule.files import to_bytes
from fuzz.models import rows_for

REFUSED, SAME, OTHER = "refused", "the same answers", "other answers"
SECONDS = 1.0
BYTES = 64 << 20  # beside twice the file

_OTHER_NAMES = "The feature names should match"  # scikit-learn's own ValueError

_STATUS = Path("/proc/self/status")


class Finding(Exception):  # noqa: N818
    """A file that was neither refused well nor answered well."""


def judged(data: bytes, expected: list[bytes] | None = None, measure: bool = False) -> str:
    """`REFUSED`, `SAME` or `OTHER`; raises `Finding`.

    Parameters
    ----------
    expected : list of bytes, optional
        The answers of the file before it was changed.
    measure : bool
        Whether memory is measured too, where the system tells it.
    """
    before = _peak(reset=True) if measure else 0
    start = time.process_time()
    try:
        verdict = _judged(data, expected)
    finally:
        seconds = time.process_time() - start
    if seconds > SECONDS:
        raise Finding(f"took {seconds:.1f} s")
    if measure and (grown := _peak() - before) > 2 * len(data) + BYTES:
        raise Finding(f"took {grown >> 20} MiB")
    return verdict


def _judged(data: bytes, expected: list[bytes] | None) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = loads(data)
        except ModelFileError as error:
            if "cannot be restored" in error.message:
                raise Finding(f"load fails by chance: {error}") from error
            return REFUSED
        except Exception as error:
            raise Finding(f"load raises {type(error).__name__}: {str(error)[:200]}") from error
        found = answers(model)
        try:
            again = answers(loads(to_bytes(model.to_record())))
        except Exception as error:
            raise Finding(f"saving raises {type(error).__name__}: {str(error)[:200]}") from error
    if again != found:
        raise Finding("saved and loaded, it answers otherwise")
    return SAME if found == expected else OTHER


def answers(model: Any) -> list[bytes]:
    """The bytes of all that the model answers for its rows; raises `Finding` for what cannot be."""
    found = [repr(model).encode()]
    rows = rows_for(model)
    for name in ("predict", "predict_proba", "predict_interval"):
        ask: Callable[[Any], Any] | None = getattr(model, name, None)
        if ask is None:
            continue
        try:
            answer = np.asarray(ask(rows))
        except DataError as error:  # other columns, too few errors for an interval
            found.append(str(error).encode())
            continue
        except Exception as error:
            if str(error).startswith(_OTHER_NAMES):
                found.append(_OTHER_NAMES.encode())
                continue
            raise Finding(f"{name} raises {type(error).__name__}: {str(error)[:200]}") from error
        _check(name, answer, len(rows))
        found.append(answer.astype("S").tobytes() if answer.dtype == object else answer.tobytes())
    return found


def _check(name: str, answer: np.ndarray, n_rows: int) -> None:
    if answer.ndim == 0 or len(answer) != n_rows:
        raise Finding(f"{name} gives {answer.shape} for {n_rows} rows")
    if answer.dtype.kind == "f" and not np.isfinite(answer).all():
        raise Finding(f"{name} gives {answer[~np.isfinite(answer)][0]}")
    if name == "predict_proba" and not ((answer >= 0) & (answer <= 1)).all():
        raise Finding("a probability is outside [0, 1]")
    if name == "predict_interval" and (answer[:, 0] > answer[:, 1]).any():
        raise Finding("an interval ends before it begins")


def _peak(reset: bool = False) -> int:
    """The most memory that the process had at once; from here on anew."""
    if not _STATUS.exists():
        return 0
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) << 10
