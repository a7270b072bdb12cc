"""See every gradient and verify it: the trace of one step, explanations, gradient checks.

verify.check_gradients   every gradient against two derivatives that know no chain rule
"""
