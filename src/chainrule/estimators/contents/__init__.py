"""What the entries of a model file must be for its kind, checked before anything is built.

A file whose checksum is right may still hold what no `save` has written. What the network's
description, the encoder, the target, the calibration and the errors imply of one another is decided
here, in one place: whoever builds a model from a checked record need not ask again.
"""

from chainrule.estimators.contents.check import check_contents, check_record

__all__ = ["check_contents", "check_record"]
