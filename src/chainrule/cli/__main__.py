"""`python -m chainrule.cli`."""

import sys

from chainrule.cli.app import main

sys.exit(main())
