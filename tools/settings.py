"""What the environment says about where things are."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.problems import Problem

REPOSITORY = Path(__file__).resolve().parent.parent
DEFAULT_PORT = 8069
#: Where root keeps the cache when nobody else may enter root's home: PostgreSQL never runs as root.
_CACHE_OF_ROOT = Path("/var/cache/orion")


@dataclass(frozen=True)
class Settings:
    """Folders and ports."""

    cache: Path
    odoo_path: Path | None
    port: int
    port_was_chosen: bool

    @property
    def logs(self) -> Path:
        """Folder of log files."""
        return self.cache / "logs"

    @property
    def data(self) -> Path:
        """Odoo's data directory: filestores, sessions, keys."""
        return self.cache / "data"

    @property
    def venv(self) -> Path:
        """The virtual environment."""
        return self.cache / "venv"

    @property
    def python(self) -> Path:
        """Python of the virtual environment."""
        return self.venv / "bin" / "python"


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read ORION_CACHE, ODOO_PATH and ORION_PORT.

    :raises Problem: when one of them makes no sense.
    """
    values = os.environ if environment is None else environment
    odoo = values.get("ODOO_PATH")
    port = values.get("ORION_PORT")
    return Settings(
        cache=_cache_folder(values),
        odoo_path=Path(odoo).expanduser().resolve() if odoo else None,
        port=_port(port) if port else DEFAULT_PORT,
        port_was_chosen=bool(port),
    )


def _cache_folder(values: Mapping[str, str]) -> Path:
    chosen = values.get("ORION_CACHE")
    if chosen:
        folder = Path(chosen).expanduser().resolve()
        if folder == REPOSITORY or REPOSITORY in folder.parents:
            raise Problem("ORION_CACHE lies in the clone: set it to a folder outside of it.")
        return folder
    base = values.get("XDG_CACHE_HOME")
    folder = (Path(base) if base else Path.home() / ".cache") / "orion"
    if os.geteuid() == 0 and not enterable_by_others(folder):
        return _CACHE_OF_ROOT
    return folder


def enterable_by_others(folder: Path) -> bool:
    """Whether every account may enter those of the folders down to `folder` that exist."""
    return all(
        parent.stat().st_mode & stat.S_IXOTH
        for parent in (folder, *folder.parents)
        if parent.exists()
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Problem(f"ORION_PORT is {text!r}: set it to a number from 1 to 65535.")
    return int(text)
