"""Read by Python as it starts: breaks what BROKEN_PROMISE names, in this process and children."""

import os

if fault := os.environ.get("BROKEN_PROMISE"):
    import breaking

    breaking.apply(fault)
