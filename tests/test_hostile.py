"""Every public method that takes rows, given what cannot be: an answer or a sentence, soon."""

from __future__ import annotations

import pytest

from hostile import HOSTILE, badly_told, methods

# A share of the table a method, another one for the next; `python tests/hostile.py` tries all.
SHARE = 9


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(methods())), ids=lambda k: methods()[k][1])
def test_a_sentence_soon(number: int) -> None:
    kind, method = methods()[number]
    assert badly_told(kind, method, [*HOSTILE][number % SHARE :: SHARE]) == []
