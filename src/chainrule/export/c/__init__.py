"""The C source of a model: one file and its header, without dependencies."""
