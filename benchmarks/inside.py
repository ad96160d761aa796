"""One part of the benchmarks in an Odoo process of its own, beside no server.

    python -m benchmarks.inside PART --config odoo.conf --database NAME --options '{"orders": 50}'

What it has measured comes out as a last line `ANSWER <JSON>`.
"""

from __future__ import annotations

import argparse
import importlib
import json

from benchmarks.sections import PARTS


def main() -> None:
    """Run one part on one database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--options", default="{}", type=json.loads)
    given = parser.parse_args()

    from odoo.tools import config

    config.parse_config(["-c", given.config, "-d", given.database, "--log-level=warn"])
    from odoo.modules.registry import Registry

    measure = importlib.import_module(f"benchmarks.{given.part}").measure
    print("ANSWER", json.dumps(measure(Registry(given.database), **given.options)), flush=True)


if __name__ == "__main__":
    main()
