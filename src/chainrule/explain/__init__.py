"""See every gradient and verify it. All of it is drawn from one step that the engine recorded.

notation    symbols, the expression tree, numbers as text
derivation  equations of a step: one file a layer kind; names, loss, gradient, update, paths
trace       `StepTrace`: every number of one step under its name, its views, and a drawing
check       `check_gradients`, central differences, kinks: derivatives that know no chain rule
diagnosis   `diagnose`: the detectors and what they found
render      an explanation as text, LaTeX, MathML and JSON; computes nothing
explain     `explain`: one number, its formula, its numbers, where they come from, and a check
quiz        questions from an explanation, and worksheets
examples    XOR and Mazur's 2-2-2 network as data
lessons     the eight lessons of docs/learn: their exercises
"""
