"""The equations of the network in plain NumPy: what every other part of the program is held to.

Read in the order of one training step:

    activations   a = sigma(z), value beside derivative
    layers        one file for each kind of layer, forward beside backward
    forward       layer after layer, from the rows to the prediction
    losses        how wrong the prediction is, and its derivative by the output's z
    backward      the chain rule, from the output back to every weight
    update        what the optimizer adds to the parameters
    fit           all of it again and again

`schedules`, `random` and `initialize` serve `fit`; `gradients` checks the chain rule by a way that
does not use it. All of it runs in float64 and, for that check, in complex128. Nothing here is fast,
and nothing here uses the compiled core.
"""
