"""All that has to be there before anything can run."""

from __future__ import annotations

import os
from dataclasses import dataclass

from tools import odoo_source, virtualenv
from tools.locking import exclusive
from tools.odoo_source import OdooSource
from tools.settings import Settings


@dataclass(frozen=True)
class Environment:
    """A machine on which Odoo can be started."""

    settings: Settings
    odoo: OdooSource


def prepare(settings: Settings) -> Environment:
    """Fetch what is missing; at once when nothing is."""
    # PostgreSQL may have to read the packages from another account.
    os.umask(0o022)
    settings.cache.mkdir(parents=True, exist_ok=True)
    with exclusive(settings.cache / "setup.lock"):
        source = odoo_source.find_or_fetch(settings)
        virtualenv.ensure(settings, source)
    return Environment(settings, source)
