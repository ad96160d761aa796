"""Databases and servers for tests that look at Orion from outside."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tools import templates
from tools.configuration import write_configuration
from tools.database import Databases
from tools.environment import Environment
from tools.log_check import Allowed
from tools.postgres import Postgres
from tools.rpc import Json2Client, XmlRpcClient
from tools.server import OdooServer
from tools.settings import REPOSITORY

_ADMINISTRATOR = "admin"
#: No mail server answers here: Odoo's mail queue would only collide, in the log, with the
#: transactions that try to send the same mails at once.
_REST_MAIL_QUEUE = """
UPDATE ir_cron SET active = FALSE WHERE id IN (
    SELECT res_id FROM ir_model_data
     WHERE module = 'mail' AND name = 'ir_cron_mail_scheduler_action')
RETURNING id
"""
#: Waits for the scheduled actions that run at this moment, and lets none begin: a server that
#: stops takes the connections away from those that run, and they complain in its log.
_REST = "UPDATE ir_cron SET active = FALSE WHERE active RETURNING id"
#: Threads that look at this moment for what is due, or end a request, complain as well.
_BUSY = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle'"
)
_QUIET_SECONDS = 10
_WAKE = "UPDATE ir_cron SET active = TRUE WHERE id = ANY(%s)"
_NEW_API_KEY = """
import datetime, json
user = env["res.users"].search([("login", "=", {login!r})])
expiry = datetime.datetime.now() + datetime.timedelta(days=1)
key = env["res.users.apikeys"].with_user(user)._generate("rpc", "test", expiry)
env.cr.commit()
print("ANSWER", json.dumps(key))
"""


@dataclass
class Stage:
    """Where databases and servers come from."""

    environment: Environment
    postgres: Postgres
    template: str
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def databases(self) -> Databases:
        """Makes, copies, drops and queries databases."""
        return Databases(self.postgres, self.environment.settings.data)

    @contextmanager
    def clone(self, source: str | None = None) -> Iterator[str]:
        """A database of one's own with everything installed, dropped in the end.

        :param source: another database to copy; nobody may be connected to it.
        """
        name = f"orion_test_{os.getpid()}_{next(self._numbers)}"
        self.databases.copy(source or self.template, name)
        self.databases.commit_lazily(name)
        self.databases.query(name, _REST_MAIL_QUEUE)
        try:
            yield name
        finally:
            self.databases.drop(name)

    def server(self, database: str, **arguments: Any) -> OdooServer:
        """A server, not started yet; arguments as of `OdooServer`."""
        return OdooServer(self.environment, self.postgres, database, **arguments)

    @contextmanager
    def running(
        self,
        database: str,
        *,
        servers: int = 1,
        allowed: tuple[Allowed, ...] = (),
        **arguments: Any,
    ) -> Iterator[list[OdooServer]]:
        """Started servers of one database; in the end their logs must hold no surprise."""
        started = [self.server(database, **arguments) for _ in range(servers)]
        with ExitStack() as stack:
            for server in started:
                stack.enter_context(server)
            yield started
            with self.at_rest(database):
                stack.close()
        surprises = [text for server in started for text in server.unexpected_log_records(*allowed)]
        assert not surprises, "\n\n".join(surprises)

    @contextmanager
    def at_rest(self, database: str) -> Iterator[None]:
        """In here nothing is done in a database, so that its servers can be stopped."""
        resting = [row[0] for row in self.databases.query(database, _REST)]
        self._wait_until_quiet(database)
        yield
        self.databases.query(database, _WAKE, (resting,))

    def _wait_until_quiet(self, database: str) -> None:
        """Wait until nothing is done in a database, not much longer than that takes."""
        deadline = time.monotonic() + _QUIET_SECONDS
        while self.databases.query(database, _BUSY)[0][0] and time.monotonic() < deadline:
            time.sleep(0.1)

    def xml_rpc(self, server: OdooServer, login: str = _ADMINISTRATOR) -> XmlRpcClient:
        """A client for a user whose password is the login."""
        return XmlRpcClient(server.url, server.database, login)

    def json2(self, server: OdooServer, login: str = _ADMINISTRATOR) -> Json2Client:
        """A client with a new API key of a user."""
        key = self.shell(server.database, _NEW_API_KEY.format(login=login))
        return Json2Client(server.url, server.database, key)

    def shell(self, database: str, script: str, variables: Mapping[str, str] | None = None) -> Any:
        """Run Python with `env` in an Odoo process of its own.

        :param script: commits by itself; what it prints as `ANSWER <JSON>` comes back.
        """
        configuration = write_configuration(
            self.environment, self.postgres, database, {"log_level": "warn"}, f"shell-{database}"
        )
        result = subprocess.run(
            [
                self.environment.settings.python,
                "-m",
                "odoo",
                "shell",
                "-c",
                configuration,
                "--no-http",
                "--shell-interface=python",
            ],
            input=script,
            capture_output=True,
            text=True,
            check=False,
            cwd=REPOSITORY,
            env={**os.environ, **(variables or {})},
        )
        assert result.returncode == 0, result.stderr[-5000:]
        assert "Traceback" not in result.stderr, result.stderr[-5000:]
        answers = [line for line in result.stdout.splitlines() if line.startswith("ANSWER ")]
        return json.loads(answers[-1].removeprefix("ANSWER ")) if answers else None


@contextmanager
def stage_on(environment: Environment, postgres: Postgres) -> Iterator[Stage]:
    """The stage on a PostgreSQL, with its template at hand."""
    databases = Databases(postgres, environment.settings.data)
    with templates.in_use(environment, databases) as template:
        yield Stage(environment, postgres, template)
