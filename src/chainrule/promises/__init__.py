"""The headline promises, checked again on the machine at hand: `verify()`, `chainrule verify`."""

from chainrule.promises.verify import PROMISES, Outcome, verify

__all__ = ["PROMISES", "Outcome", "verify"]
