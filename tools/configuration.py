"""Writes odoo.conf."""

from __future__ import annotations

import configparser
import secrets
from collections.abc import Mapping
from pathlib import Path

from tools.environment import Environment
from tools.ports import HOST
from tools.postgres import Postgres
from tools.settings import REPOSITORY


def write_configuration(
    environment: Environment,
    server: Postgres,
    database: str,
    options: Mapping[str, str],
    name: str | None = None,
) -> Path:
    """Write the configuration `name` for one database; `options` come on top."""
    settings = environment.settings
    parser = configparser.RawConfigParser()
    parser["options"] = {
        **server.odoo_options,
        "db_name": database,
        "dbfilter": f"^{database}$",
        "list_db": "False",
        "admin_passwd": secrets.token_urlsafe(16),
        "addons_path": ",".join(str(path) for path in (*environment.odoo.addons_paths, REPOSITORY)),
        "data_dir": str(settings.data),
        "with_demo": "False",
        "http_interface": HOST,
        **options,
    }
    path = settings.cache / "configuration" / f"{name or database}.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    settings.data.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8") as handle:
        parser.write(handle)
    return path
