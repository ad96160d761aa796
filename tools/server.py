"""An Odoo server of one's own, as a process."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from tools import log_check, processes
from tools.configuration import write_configuration
from tools.environment import Environment
from tools.log_check import Allowed
from tools.ports import HOST, free_port
from tools.postgres import Postgres
from tools.problems import Problem
from tools.settings import REPOSITORY

_START = REPOSITORY / "tools/launcher/start_odoo.py"
_START_SECONDS = 180
_STOP_SECONDS = 30


class OdooServer:
    """Runs Odoo on a database while it is started; also a context manager.

    :param workers: 0 for one process with threads, else Odoo's processes.
    :param options: further lines of odoo.conf (`data_dir`, `limit_time_cpu`, `log_level` …).
    :param variables: further environment variables.
    :param name: tells several servers of one database apart, in the names of their files.
    """

    def __init__(
        self,
        environment: Environment,
        postgres: Postgres,
        database: str,
        *,
        workers: int = 0,
        max_cron_threads: int = 2,
        options: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        port: int | None = None,
        name: str | None = None,
    ) -> None:
        self.database = database
        self.port = port or free_port()
        self.url = f"http://{HOST}:{self.port}"
        identifier = name or f"{database}-{self.port}"
        self.log_file: Path = environment.settings.logs / f"server-{identifier}.log"
        self._output = environment.settings.logs / f"server-{identifier}.out"
        self._variables = dict(variables or {})
        self._python = environment.settings.python
        self._process: subprocess.Popen[bytes] | None = None
        self._configuration = write_configuration(
            environment,
            postgres,
            database,
            {
                "http_port": str(self.port),
                "gevent_port": str(free_port()),
                "workers": str(workers),
                "max_cron_threads": str(max_cron_threads),
                "logfile": str(self.log_file),
                "log_level": "info",
                **(options or {}),
            },
            name=f"server-{identifier}",
        )

    @property
    def pid(self) -> int:
        """Process id of the main process."""
        return self._running().pid

    @property
    def is_running(self) -> bool:
        """Whether the main process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> OdooServer:
        """Start it and wait until it answers; the log starts anew."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        self.log_file.unlink(missing_ok=True)
        with self._output.open("wb") as output:
            # A session of its own, so that all its processes can be ended together.
            self._process = subprocess.Popen(
                [self._python, str(_START), "-c", self._configuration],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=REPOSITORY,
                env={**os.environ, **self._variables},
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self) -> None:
        """End it as an administrator would; all of its processes are gone then."""
        if self._process is None:
            return
        processes.end(self._process, _STOP_SECONDS)
        self._process = None

    def kill(self) -> None:
        """End all of its processes with SIGKILL."""
        if self._process is None:
            return
        processes.kill(self._process)
        self._process = None

    def unexpected_log_records(self, *allowed: Allowed) -> list[str]:
        """Warnings and errors in the log beyond the allow-list and `allowed`."""
        return log_check.unexpected(self.log_file, [*log_check.allowed_by(), *allowed])

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("The server is not started.")
        return self._process

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if not self.is_running:
                break
            if self._answers():
                return
            time.sleep(0.2)
        raise Problem(f"Odoo did not start: why stands in {self.log_file} or {self._output}.")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=30) as reply:
                return bool(reply.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def __enter__(self) -> OdooServer:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
