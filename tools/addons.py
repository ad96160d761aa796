"""The addons of this repository."""

from __future__ import annotations

import ast
import hashlib
from typing import Any

from tools.settings import REPOSITORY

#: Odoo's own modules that demo and tests have beside the addons.
COMPANIONS = ("sale_management", "stock_delivery", "l10n_lu")
#: The first one is that of the administrator.
LANGUAGES = ("en_US", "fr_FR", "de_DE")
_IRRELEVANT = {"tests", "__pycache__", "readme"}


def names() -> list[str]:
    """Names of the addons, each after those that it depends on."""
    found = _found()
    ordered: list[str] = []

    def add(name: str) -> None:
        for dependency in found[name].get("depends", []):
            if dependency in found:
                add(dependency)
        if name not in ordered:
            ordered.append(name)

    for name in sorted(found):
        if found[name].get("installable", True):
            add(name)
    return ordered


def installed() -> list[str]:
    """Names of those that demo and tests install: glue to another app of Odoo comes with it."""
    found = _found()
    there = {*found, *COMPANIONS}
    for manifest in found.values():
        if not manifest.get("auto_install"):
            there.update(manifest.get("depends", []))
    return [
        name
        for name in names()
        if not found[name].get("auto_install") or there.issuperset(found[name]["depends"])
    ]


def digest() -> str:
    """Changes with everything in the addons that an installation depends on."""
    hasher = hashlib.sha256()
    for name in names():
        for path in sorted((REPOSITORY / name).rglob("*")):
            parts = path.relative_to(REPOSITORY).parts
            if path.is_file() and not _IRRELEVANT.intersection(parts) and path.suffix != ".pyc":
                hasher.update(f"{'/'.join(parts)}\0{path.stat().st_size}\0".encode())
                hasher.update(path.read_bytes())
    return hasher.hexdigest()[:12]


def _found() -> dict[str, dict[str, Any]]:
    """Manifests by the addon's name."""
    return {
        path.parent.name: ast.literal_eval(path.read_text(encoding="utf-8"))
        for path in sorted(REPOSITORY.glob("orion_*/__manifest__.py"))
    }
