"""Makes, copies and drops databases together with their filestores."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from tools.postgres import Postgres
from tools.problems import Problem, disk_full


class Databases:
    """The databases of one server."""

    def __init__(self, server: Postgres, data: Path) -> None:
        self.server = server
        self._filestores = data / "filestore"

    def names(self, prefix: str = "") -> list[str]:
        """Names of the databases that start with `prefix`."""
        with self._cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]
            )
            return sorted(row[0] for row in cursor.fetchall())

    def copy(self, template: str, name: str) -> None:
        """Make `name` as a copy of `template`; whatever had that name before is gone."""
        self.drop(name)
        with self._cursor() as cursor:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        source = self._filestores / template
        if source.is_dir():
            # Odoo never changes a file of a filestore, it only adds and removes.
            shutil.copytree(source, self._filestores / name, copy_function=os.link)

    def create(self, name: str) -> None:
        """Make an empty database; whatever had that name before is gone."""
        self.drop(name)
        with self._cursor() as cursor:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(name)
                )
            )

    def rename(self, name: str, new_name: str) -> None:
        """Give a database another name; whatever had that name before is gone."""
        self.drop(new_name)
        with self._cursor() as cursor:
            cursor.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(name), sql.Identifier(new_name)
                )
            )
        if (self._filestores / name).is_dir():
            (self._filestores / name).rename(self._filestores / new_name)

    def drop(self, name: str) -> None:
        """Drop a database if it is there, and put an end to its connections."""
        with self._cursor() as cursor:
            cursor.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
        shutil.rmtree(self._filestores / name, ignore_errors=True)

    def commit_lazily(self, name: str) -> None:
        """Let a database of tests answer before its log is on disk: quicker, and never torn."""
        with self._cursor() as cursor:
            cursor.execute(
                sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(
                    sql.Identifier(name)
                )
            )

    def query(self, name: str, statement: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        """Run one statement in a database, commit, and answer its rows."""
        with self._cursor(name) as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def transaction(self, name: str) -> Iterator[Any]:
        """A cursor of a transaction that is committed in the end, or undone by an exception."""
        with self._cursor(name) as cursor:
            cursor.execute("BEGIN")
            yield cursor
            cursor.execute("COMMIT")

    @contextmanager
    def _cursor(self, name: str | None = None) -> Iterator[Any]:
        connection = psycopg2.connect(
            host=self.server.host,
            port=self.server.port,
            user=self.server.user,
            password=self.server.password or None,
            dbname=name or self.server.maintenance_database,
        )
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        except psycopg2.errors.InsufficientPrivilege as error:
            raise Problem(
                f"The database user {self.server.user} may not make databases: "
                f"ALTER ROLE {self.server.user} CREATEDB."
            ) from error
        except psycopg2.errors.DiskFull as error:
            raise disk_full(self._filestores.parent) from error
        finally:
            connection.close()
