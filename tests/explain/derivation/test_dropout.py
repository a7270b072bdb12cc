"""Dropout has no name: its factor stands beside what passes, and beside what comes back."""

from __future__ import annotations

from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.explain import explain
from chainrule.explain.trace import StepTrace


def test_the_mask_stands_on_both_ways(trace):
    build = Derivation(trace)
    r = 4
    dropout = build.layers[build.owner("W2").wire.source.index]
    assert [factor.kind for factor in dropout.shown(3, r)] == ["a", "mask"]
    assert [factor.value for factor in dropout.slope(3, r)] == [trace.masks[1][r, 3]]
    assert "·a1[0]·m1[0]" in explain(trace, "z2[0]", row=r, top=None).to_text(full=True)
    assert "·m1[0]·a′(z1[0])" in explain(trace, "delta1[0]", row=r, top=None).to_text(full=True)


def test_without_an_epoch_nothing_is_dropped(trace):
    still = StepTrace(trace.spec, trace.params, trace.X, trace.y)
    assert "m1[" not in explain(still, "z2[0]", top=None).to_text(full=True)
