"""The parts of the benchmark, one file each: measure(session) -> figures, show(figures) -> text."""
