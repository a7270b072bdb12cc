"""The report: ranked tensors, as text, page and JSON."""

from __future__ import annotations

import json

from chainrule import engine
from chainrule.explain.check.verify import check_gradients
from chainrule.explain.derivation.names import Names


def test_the_report(problem):
    spec, params, X, y = problem
    names = Names(spec, ("a", "b", "c", "d", "e=<x>"), ("p", "q", "r"))
    report = check_gradients(spec, params, X, y, names=names)
    severities = [tensor.severity for tensor in report.tensors]
    assert severities == sorted(severities, reverse=True)
    assert report.worst.severity == severities[0]
    assert "of 111 gradients over 11 rows" in str(report)
    assert report.loss == engine.loss(spec, params, X, y)
    form = json.loads(json.dumps(report.to_json()))
    assert form["ok"] is True
    assert {tensor["name"] for tensor in form["tensors"]} == set(params)
    assert "<table>" in report._repr_html_()
    assert "<x>" not in report._repr_html_()
