"""Answers of fitted models: one row's latency, and many rows a second."""
