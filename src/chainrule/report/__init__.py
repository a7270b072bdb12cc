"""A report of a model on rows whose answer is known: a page without script, and a model card."""

from chainrule.report.contents import Contents
from chainrule.report.gather import contents_of, findings_of
from chainrule.report.report import Report

__all__ = ["Contents", "Report", "contents_of", "findings_of"]
