"""README.rst of each addon, put together from the fragments in its `readme/`."""

from __future__ import annotations

import ast
from pathlib import Path

from tools.settings import REPOSITORY
from tools.shell import say

#: Fragments in their order, with their headings; the first one stands below the title.
_FRAGMENTS = {"DESCRIPTION": "", "CONFIGURE": "Configuration", "USAGE": "Usage"}


def addons() -> list[Path]:
    """Folders of the addons that have fragments."""
    return sorted(path.parent for path in REPOSITORY.glob("orion_*/readme"))


def text(addon: Path) -> str:
    """What README.rst says."""
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8"))
    title = manifest["name"]
    rule = "=" * len(title)
    parts = [f"{rule}\n{title}\n{rule}"]
    for name, heading in _FRAGMENTS.items():
        fragment = addon / "readme" / f"{name}.rst"
        if fragment.exists():
            if heading:
                parts.append(f"{heading}\n{'=' * len(heading)}")
            parts.append(fragment.read_text(encoding="utf-8").strip())
    parts.append("Licence\n=======")
    parts.append(f"{manifest['license']}. The documentation of the suite is in ``docs/``.")
    return "\n\n".join(parts) + "\n"


def run() -> int:
    """Write them all."""
    for addon in addons():
        (addon / "README.rst").write_text(text(addon), encoding="utf-8")
        say(f"{addon.name}/README.rst")
    return 0
