"""What takes rows, targets or weights, given what cannot be: a sentence, and soon."""

from __future__ import annotations

import pytest

from hostile import badly_told, calls
from hostile_arrays import HOSTILE

# A share of the table a call, another one for the next; `python tests/hostile.py` gives all of it.
SHARE = 9
CALLS = calls()


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(CALLS)), ids=[call.name for call in CALLS])
def test_a_sentence_soon(number: int) -> None:
    assert badly_told(CALLS[number], [*HOSTILE][number % SHARE :: SHARE]) == []


@pytest.mark.parametrize("name", ["ragged list", "2^40 columns of one number", "array that raises"])
def test_every_reader_of_rows_names_its_argument(name: str) -> None:
    for call in calls():
        if call.name.endswith((".predict", "as_table")):
            function, given = call.make()
            with pytest.raises((ValueError, TypeError), match=r"\bX\b|rows|feature"):
                function(**{**given, "X": HOSTILE[name]()})
