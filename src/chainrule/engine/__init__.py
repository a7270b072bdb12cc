"""The executor in C++: forward, loss, backward, update, until the loss converges.

The only importer of the compiled `_core`. Shapes and values are checked once, at this boundary; the
number type of a computation is that of the parameters.
"""

from chainrule.engine.compute import Predictor, forward, initialize, loss, permutation, predict
from chainrule.engine.machine import machine
from chainrule.engine.many import FitJob, fit_many
from chainrule.engine.rows import TrainingRows, finite_outputs
from chainrule.engine.trace import LayerTrace, Trace, gradients, numeric_gradients, trace
from chainrule.engine.training import FitResult, fit

__all__ = [
    "FitJob",
    "FitResult",
    "LayerTrace",
    "Predictor",
    "Trace",
    "TrainingRows",
    "finite_outputs",
    "fit",
    "fit_many",
    "forward",
    "gradients",
    "initialize",
    "loss",
    "machine",
    "numeric_gradients",
    "permutation",
    "predict",
    "trace",
]
