"""The parts of the benchmark, one file each: measure(run) -> figures, show(figures) -> text."""
