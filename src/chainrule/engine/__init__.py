"""The executor in C++: forward, loss, backward, update, until the loss converges.

The only importer of the compiled `_core`. Shapes and values are checked once, at this boundary; the
number type of a computation is that of the parameters.
"""

from chainrule.engine import leaving, thread_limits
from chainrule.engine.checkpoint import Fingerprint, Keeper, Standing
from chainrule.engine.compute import Predictor, forward, initialize, loss, permutation, predict
from chainrule.engine.jobs import FitJob
from chainrule.engine.kept import kept_predictor
from chainrule.engine.machine import machine
from chainrule.engine.many import fit_many
from chainrule.engine.nonfinite import NonFinite, tell_nonfinite
from chainrule.engine.one_at_a_time import fitting, forget_interrupt, note_interrupt
from chainrule.engine.plans import check_bfloat16
from chainrule.engine.pullback import pullback
from chainrule.engine.rows import TrainingRows, finite_outputs
from chainrule.engine.trace import LayerTrace, Trace, gradients, numeric_gradients, trace
from chainrule.engine.training import FitResult, fit
from chainrule.pins import own_view

leaving.register()
thread_limits.register()

__all__ = [
    "Fingerprint",
    "FitJob",
    "FitResult",
    "Keeper",
    "LayerTrace",
    "NonFinite",
    "Predictor",
    "Standing",
    "Trace",
    "TrainingRows",
    "check_bfloat16",
    "finite_outputs",
    "fit",
    "fit_many",
    "fitting",
    "forget_interrupt",
    "forward",
    "gradients",
    "initialize",
    "kept_predictor",
    "loss",
    "machine",
    "note_interrupt",
    "numeric_gradients",
    "own_view",
    "permutation",
    "predict",
    "pullback",
    "tell_nonfinite",
    "trace",
]
