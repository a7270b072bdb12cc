"""What the page shows is what the engine says: random walks, and a long way forward and back."""

from collections import Counter

import pytest
from benchmarks.playground.back import there_and_back
from benchmarks.playground.walks import problems, walk

from driven import BROWSER

NAMES = ["xor", "mazur", "iris", "penguins"]

pytestmark = BROWSER


@pytest.fixture(scope="module")
def starts():
    return problems()


@pytest.mark.parametrize("name", NAMES)
def test_every_number_on_the_screen_is_the_engines(browser, starts, name):
    count = sum((walk(browser, starts[name], seed, 9) for seed in range(2)), Counter())
    assert count["page"] >= 300 and count["formula"] >= 40, count


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kept", [4096, 32])
def test_forward_and_back_gives_the_same_bits(starts, name, kept):
    n_steps = 60 if name == "penguins" else 500
    assert there_and_back(starts[name], n_steps, kept) == n_steps
