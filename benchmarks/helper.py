"""A further worker beside the one that is measured, in a process of its own.

    python -m benchmarks.helper --config odoo.conf --database NAME

Says `READY`, begins to work at the first line it reads, and ends when its input does; its last
line is the seconds of processor time it took meanwhile.
"""

from __future__ import annotations

import argparse
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from odoo.modules.registry import Registry
from odoo.tools import config

_LOOK_SECONDS = 0.1


@contextmanager
def helping(registry: Registry) -> Iterator[list[float]]:
    """A helper that works meanwhile; its processor time is appended in the end."""
    command = [
        sys.executable, "-m", "benchmarks.helper",
        "--config", config["config"], "--database", registry.db_name,
    ]  # fmt: skip
    took: list[float] = []
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("The second worker cannot be talked to.")
        while process.stdout.readline().strip() != "READY":
            if process.poll() is not None:
                raise RuntimeError("The second worker did not start.")
        process.stdin.write("begin\n")
        process.stdin.flush()
        yield took
        process.stdin.close()
        took.append(float(process.stdout.readlines()[-1]))


def main() -> None:
    """Work until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    given = parser.parse_args()
    config.parse_config(["-c", given.config, "-d", given.database, "--log-level=warn"])

    from odoo.addons.orion_base.engine import Worker

    worker = Worker(Registry(given.database))
    print("READY", flush=True)
    sys.stdin.readline()
    began = time.process_time()
    while worker.step() or not select.select([sys.stdin], [], [], _LOOK_SECONDS)[0]:
        pass
    print(time.process_time() - began, flush=True)


if __name__ == "__main__":
    main()
