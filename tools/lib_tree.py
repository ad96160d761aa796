"""A folder in which `odoo.addons` holds nothing but the `lib` folders of the addons.

Type checker and lib tests run there: whatever else a `lib` imports from Odoo is not found.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tools import addons
from tools.settings import REPOSITORY, Settings


def build(settings: Settings, name: str) -> Path:
    """Make the folder anew, with links into the clone."""
    root = settings.cache / "lib-tree" / name
    shutil.rmtree(root, ignore_errors=True)
    package = root / "odoo" / "addons"
    package.mkdir(parents=True)
    (root / "odoo" / "__init__.py").touch()
    (package / "__init__.py").touch()
    for addon in addons.names():
        if (REPOSITORY / addon / "lib").is_dir():
            _link_addon(package / addon, REPOSITORY / addon)
    return root


def _link_addon(target: Path, source: Path) -> None:
    tests = target / "tests"
    tests.mkdir(parents=True)
    (target / "__init__.py").touch()
    (tests / "__init__.py").touch()
    (target / "lib").symlink_to(source / "lib")
    if not (source / "tests").is_dir():
        return
    for path in (source / "tests").iterdir():
        if path.name not in {"__init__.py", "__pycache__"}:
            (tests / path.name).symlink_to(path)
