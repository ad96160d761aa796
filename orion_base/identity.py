"""Tells the real database from a restored copy, which must not talk to marketplaces.

At first use the database notes what it is (uuid, name, object id in its cluster) and the
servers that serve it (a random id in each data directory). A copy differs in one of these.
"""

import json
import logging
import os
import uuid
from pathlib import Path

from odoo.tools import config

from .lib.errors import RetryLater
from .parameters import write_parameter

_logger = logging.getLogger(__name__)

PARAMETER = "orion_base.instance"

_installation_ids = {}


class UnconfirmedCopy(RetryLater):
    """The database was restored or moved; nothing is sent until a Manager confirms it."""

    code = "unconfirmed_copy"


def is_confirmed_instance(env):
    """Whether this database on this server is the one that may talk to marketplaces.

    At first use it is noted as the real one.
    """
    noted, database = _read(env)
    if noted is None:
        _note(env, {"database": database, "servers": [installation_id()]})
        return True
    return noted.get("database") == database and installation_id() in noted.get("servers", ())


def confirm_instance(env):
    """Note this database and server as the real ones.

    A further server of the same database is added to those known; for another database
    the servers of the former one are forgotten.
    """
    noted, database = _read(env)
    servers = [installation_id()]
    if noted and noted.get("database") == database:
        servers = sorted({*servers, *noted.get("servers", ())})
    _note(env, {"database": database, "servers": servers})
    _logger.info("Database %s confirmed as the real one by user %s", env.cr.dbname, env.uid)


def copy_problem(env):
    """A sentence for people when this is an unconfirmed copy, else False."""
    if is_confirmed_instance(env):
        return False
    return env._(
        "This database was restored, moved or copied, so all marketplace channels are paused. "
        "If it is the real one, confirm it in the settings of Marketplaces; leave a test copy "
        "as it is."
    )


def installation_id():
    """Random id of this server, made once in its data directory."""
    path = Path(config["data_dir"]) / "orion" / "installation.id"
    if path not in _installation_ids:
        _installation_ids[path] = _read_or_create(path)
    return _installation_ids[path]


def _read_or_create(path):
    if path.is_file():
        return path.read_text(encoding="ascii").strip()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{uuid.uuid4().hex}")
    draft.write_text(uuid.uuid4().hex, encoding="ascii")
    draft.chmod(0o600)
    try:
        # a hard link is atomic and never replaces what another process made meanwhile
        os.link(draft, path)
    except FileExistsError:
        _logger.debug("Installation id exists already")
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()


def _read(env):
    """What was noted (or None), and what this database is. One query, past every cache:
    `neutralize.sql` and restores change the table behind Odoo's back."""
    env["ir.config_parameter"].flush_model()
    env.cr.execute(
        """
        SELECT (SELECT value FROM ir_config_parameter WHERE key = %s),
               (SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'),
               (SELECT oid FROM pg_database WHERE datname = current_database())
        """,
        (PARAMETER,),
    )
    noted, database_uuid, oid = env.cr.fetchone()
    return noted and json.loads(noted), f"{database_uuid}/{env.cr.dbname}/{oid}"


def _note(env, values):
    write_parameter(env, PARAMETER, json.dumps(values, sort_keys=True))
