"""Entry: refuses an unfit Python before anything newer than that is read."""

import sys

if not (3, 10) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        "Odoo 19 needs Python 3.10 to 3.13, and this is {}.{}: say another one, "
        "as in `make PYTHON=python3.12 run`.".format(*sys.version_info)
    )

from tools.cli import main

sys.exit(main(sys.argv[1:]))
