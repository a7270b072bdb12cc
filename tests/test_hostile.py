"""Every method of a network that takes rows, given what cannot be: a sentence, and soon."""

from __future__ import annotations

import pytest

from chainrule import Network
from hostile import HOSTILE, badly_told, methods

# A share of the table a method, another one for the next; `python tests/hostile.py` gives all of it
# to every class.
SHARE = 9
OF_NETWORK = [method for kind, method in methods() if kind is Network]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(OF_NETWORK)), ids=OF_NETWORK.__getitem__)
def test_a_sentence_soon(number: int) -> None:
    assert badly_told(Network, OF_NETWORK[number], [*HOSTILE][number % SHARE :: SHARE]) == []
