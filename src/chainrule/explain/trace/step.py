"""`StepTrace`: one training step, recorded. Everything that people see is drawn from it.

"Trace" here means the numbers of a step; in JAX and autograd the word means graph recording.
"""

from __future__ import annotations

from typing import Any

from chainrule.explain.trace import view
from chainrule.explain.trace.record import Record


class StepTrace(Record):
    """Every number of one step: forward, loss, backward, update.

    Computed by the engine's plain path when something is first asked for. Lists are indexed by the
    layer l = 0..L as in the formulas; `a[0]` is X, or what layers before layer 1 make of it, and
    entry 0 is None where layer 0 has no such thing. Names index too: `trace["delta1"]`,
    `trace["dL_dW2"]`, `trace["update_scale"]`.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
    X : ndarray (n, n_features)
        Encoded inputs.
    y : ndarray
        Targets as `engine.fit` takes them.
    training : TrainingSpec, optional
        Optimizer, reduction and penalties; the defaults of `fit` otherwise.
    sample_weight : ndarray (n,), optional
    state : optimizer state, optional
        From which the step starts; zero moments otherwise.
    dropout_epoch : int, optional
        Freezes the dropout masks of that epoch; None switches dropout off.
    dtype : "float64" or "train"
        Number type of all arrays; "train" is that of the parameters.
    names : Names, optional
        What inputs and outputs are called.
    raw : sequence of mappings, optional
        Per row, the raw cells of the table by column name.
    row_ids : sequence, optional
        What the rows are called outside; 0, 1, ... otherwise.
    notes : sequence of str
        Lines for the header, such as which member of an ensemble this is.
    start : str
        Where the step starts from, if that is not where training ended: a cold start in words.

    Attributes
    ----------
    z, a, slope, delta, masks : lists of ndarray (n, n_l)
        `slope` is da/dz of the activation; `delta` is dl/dz of each row's own loss, and delta[0]
        dl/da(0); a[l] is taken before dropout and the next layer receives a[l] * masks[l] where
        that is not None.
    layers : tuple of LayerTrace
        What every layer makes, `out`, and its derivative, `d_out`, in the order of `spec.walk`.
    X : ndarray (n, n_features)
    n_rows : int
    grads : dict of str to ndarray
        The gradients of the total loss by parameter name.
    W, b, dL_dW, dL_db : lists of ndarray
        Parameters and the gradients of the total loss, penalty included.
    losses : ndarray (n,)
        Loss of each row.
    data_loss, penalty, loss, weight_sum : float
        loss = data_loss + penalty; weight_sum is the sum of the sample weights.
    update, params_after : dict of str to ndarray
        What the optimizer adds, and the parameters afterwards.
    state_before, state_after : optimizer states

    Raises
    ------
    DataError
        When X, y or sample_weight cannot be used, naming row and column; and when the record would
        take more than 64 MiB, saying how many rows fit.
    """

    def header(self) -> dict[str, Any]:
        """What step this is: network, rows, reduction, optimizer, number types, notes.

        Returns
        -------
        dict
            Plain values.
        """
        return view.header(self)

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values: the header and every array by name.

        Returns
        -------
        dict
            Plain values at full precision.
        """
        return view.to_json(self)

    def __repr__(self) -> str:
        return view.to_text(self)

    def _repr_html_(self) -> str:
        return view.to_html(self)
