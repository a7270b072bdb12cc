"""The part that a quantity plays in the chain rule: pages give each role a colour of its own.

activation is x or a, what flows forward; weight is any parameter; derivative is delta, dl/da, dL/dW
or g; slope is sigma'(z).
"""

from __future__ import annotations

from chainrule.explain.notation.symbols import SYMBOLS
from chainrule.explain.notation.tree import Quantity

ROLES = ("activation", "weight", "derivative", "slope")

_BY_KIND = {
    "x": "activation", "a": "activation", "w": "weight",
    "delta": "derivative", "gradient": "derivative", "slope": "slope", "parametric_slope": "slope",
}  # fmt: skip
_LETTERS = frozenset({"y", "z"})  # written as themselves, as parameters are


def role_of(q: Quantity) -> str:
    """One of `ROLES`, or "" for all else, such as z, a setting or a moment."""
    kind = q.kind.removeprefix("new_")
    if kind.startswith(("dL_d", "dl_d")):
        return "derivative"
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    # A parameter has no entry among the symbols: it is called after the array that holds it.
    named = q.symbol is None and q.home is None and kind not in SYMBOLS and kind not in _LETTERS
    return "weight" if named and kind.isidentifier() and "_of_" not in kind else ""
