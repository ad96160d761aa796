"""How much memory a large import takes in a cron worker of a real server."""

from __future__ import annotations

import functools
import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from benchmarks.feeds import lines_of, row_of

_MOST_SECONDS = 3600
_WARM_UP = 2000


def measure(registry: Registry, rows: int, folder: str, server_pid: int) -> dict[str, float]:
    """Import a feed of many rows from an address, and watch the server's processes.

    :param server_pid: main process of a server with workers on this database
    :return: megabytes that the process with the highest growth took beyond what it had after a
        small import, and how long it took
    """
    with _serving(Path(folder)) as address:
        for name, count in (("small.tsv", _WARM_UP), ("large.tsv", rows)):
            with (Path(folder) / name).open("w") as file:
                file.writelines(lines_of(row_of(number, "fr") for number in range(count)))
        channel = _connect(registry)
        _import(registry, channel, f"{address}/small.tsv", server_pid)
        before = _resident(server_pid)
        started = time.monotonic()
        status, peaks = _import(registry, channel, f"{address}/large.tsv", server_pid)
        # a process that has only now come up counts from its first moment
        grown = max(peaks[pid] - before.get(pid, first) for pid, first in peaks.first.items())
    return {
        "megabytes": grown / 1024**2,
        "seconds": time.monotonic() - started,
        "file_megabytes": (Path(folder) / "large.tsv").stat().st_size / 1024**2,
        "imported": status["imported_count"],
        "restarts": float(len(peaks.first) - len(before)),
    }


class _Peaks(dict[int, int]):
    """Highest resident memory by process; `first` is what each had when it was first seen."""

    def __init__(self) -> None:
        super().__init__()
        self.first: dict[int, int] = {}

    def look(self, server_pid: int) -> None:
        for pid, size in _resident(server_pid).items():
            self.first.setdefault(pid, size)
            self[pid] = max(size, self.get(pid, 0))


def _resident(server_pid: int) -> dict[int, int]:
    children = psutil.Process(server_pid).children(recursive=True)
    found = {process.pid: _size(process) for process in children}
    return {pid: size for pid, size in found.items() if size}


def _size(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _connect(registry: Registry) -> int:
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["ir.config_parameter"].set_param("orion_base.allow_private_addresses", "True")
        values = {"name": "Large feeds", "marketplace": "letzshop"}
        return int(env["orion.channel"].create(values).id)


def _import(
    registry: Registry, channel: int, url: str, server_pid: int
) -> tuple[dict[str, Any], _Peaks]:
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        jobs = env["orion.import.job"]
        job_id = jobs.start_import(channel_id=channel, source_url=url, language="fr")["job_id"]
    peaks = _Peaks()
    deadline = time.monotonic() + _MOST_SECONDS
    while time.monotonic() < deadline:
        peaks.look(server_pid)
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            [status] = env["orion.import.job"].browse(job_id).get_status()
        if status["status"] not in ("pending", "processing"):
            return status, peaks
        time.sleep(0.2)
    raise RuntimeError("The import does not come to its end.")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
