"""What a promise raises when it does not hold."""


class BrokenPromise(Exception):  # noqa: N818  a promise is broken, which is no error of the caller
    """One sentence: what was seen instead."""
