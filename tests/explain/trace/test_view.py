"""A trace as JSON, text and HTML."""

from __future__ import annotations

import json

from chainrule.explain.trace import StepTrace


def test_json_text_and_html(parts):
    trace = StepTrace(*parts, notes=["a <note>"])
    form = json.loads(json.dumps(trace.to_json()))
    assert form["format"] == "chainrule.trace/1"
    assert form["arrays"]["delta2"] == trace["delta2"].tolist()
    assert form["header"]["reduction"] == "mean"
    assert "StepTrace of 8 rows" in repr(trace)
    assert "a <note>" in repr(trace)
    assert "a &lt;note&gt;" in trace._repr_html_()
