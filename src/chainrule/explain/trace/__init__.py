"""One training step, recorded: `StepTrace`, its views as JSON and text, and a drawing of it."""

from chainrule.explain.trace.step import StepTrace

__all__ = ["StepTrace"]
