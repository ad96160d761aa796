"""Odoo's command line, as a file.

A server with workers starts a further process by the name of the file it was started as; as
`python -m odoo` that is one which cannot be started, again and again.
"""

from odoo.cli.command import main

if __name__ == "__main__":
    main()
