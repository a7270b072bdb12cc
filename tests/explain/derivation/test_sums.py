"""A long sum shows its largest terms and states the rest."""

from __future__ import annotations

from chainrule.explain.derivation.sums import Sums
from chainrule.explain.notation.tree import Number

VALUES = [1.0, -5.0, 2.0, 4.0]


def term(k):
    return Number(VALUES[k])


def test_the_largest_terms_are_shown():
    assert Sums(2).shown(VALUES) == [1, 3]
    assert Sums(4).shown(VALUES) == Sums(None).shown(VALUES) == [0, 1, 2, 3]


def test_the_rest_is_stated_exactly():
    node = Sums(2).sum_of(VALUES, term, Number(0.5))
    assert [each.value for each in node.terms] == [-5.0, 4.0, 0.5]
    assert (node.rest.value, node.rest.count) == (3.0, 2)
    assert node.value == 2.5


def test_a_single_term_is_itself():
    assert Sums(None).sum_of(VALUES[:1], term) == Number(1.0)
