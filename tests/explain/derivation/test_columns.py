"""The outputs of parts stand side by side under the names of their container."""

from __future__ import annotations

from chainrule.explain.derivation.columns import ranges
from chainrule.explain.derivation.equations import Derivation


def test_ranges_cover_every_column_and_every_output(trace):
    columns = trace.spec.placed[0]
    found = list(ranges(columns))
    assert [(part.first_in, part.n_in) for part in found] == [(0, 2), (2, 1), (3, 1)]
    assert [(part.first_out, part.n_out) for part in found] == [(0, 8), (8, 1), (9, 4)]
    assert [part.inside for part in found] == [0, None, 1]


def test_a_part_is_called_as_its_container(trace):
    build = Derivation(trace)
    periodic, embedding, columns = build.layers[:3]
    assert embedding.out(2, 5) == columns.out(11, 5)
    assert periodic.derivative(3, 5) == columns.derivative(3, 5)
    for j in range(columns.at.n_out):
        equation = columns.forward(j, 5)
        assert equation.left == columns.out(j, 5)
        assert abs(equation.right[-1].value - trace.layers[2].out[5, j]) < 1e-13
    (passed,) = columns.forward(8, 5).right
    assert (passed.kind, passed.unit) == ("x", 2)
