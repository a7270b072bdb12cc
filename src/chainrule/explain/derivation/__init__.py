"""Equations of one recorded step: forward, loss, backward, gradient, update, paths."""
