"""Symbols, the expression tree, names of quantities and numbers as text."""
