"""Names of columns that would act wherever they are not taken as text."""

from __future__ import annotations

HOSTILE = (
    "<script>alert(1)</script>",
    "\"quoted\" & 'so'",
    "\U0001f600 \U0001f468‍\U0001f469‍\U0001f467",
    "x" * 200,
    "عمود ‮evil",
    "a|b*c_d`e` [f](g)",
    "nul\0 new\nline",
)
