"""Marks of the tests that drive the page in chromium."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from benchmarks.playground.driving import CHROMIUM

BROWSER = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(find_spec("playwright") is None, reason="playwright is not installed"),
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]
