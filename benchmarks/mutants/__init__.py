"""Seeded faults in the core, each of which `check_gradients` or `explain` must call wrong."""
