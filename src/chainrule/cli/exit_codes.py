"""What a command's exit code says.

0  done        1  a check failed        2  wrong usage or unusable input        130  interrupted
"""

OK, CHECK_FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
