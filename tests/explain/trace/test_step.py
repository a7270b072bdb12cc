"""A `StepTrace` is a record that shows itself."""

from __future__ import annotations

from chainrule.explain.examples import mazur
from chainrule.explain.trace import StepTrace
from chainrule.explain.trace.record import Record


def test_header_says_what_step_it_is():
    trace = mazur().trace()
    assert isinstance(trace, StepTrace) and isinstance(trace, Record)
    header = trace.header()
    assert (header["n_rows"], header["reduction"], header["optimizer"]) == (1, "sum", "sgd")
    assert header["loss"] == trace.loss
    assert trace.to_json()["header"] == header
