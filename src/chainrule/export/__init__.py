"""Fitted models for programs without chainrule: ONNX files and one-file NumPy predictors.

`values` is a small language of array operations. `columns`, `layers/` and `network` say in it what
the encoder and the networks do, `description` puts them together, and a writer (`onnx` or
`numpy_file`) turns the operations into a file, without knowing a column, a layer or an estimator.
"""
