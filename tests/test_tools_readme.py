from __future__ import annotations

from pathlib import Path

import docutils.core
import pytest

from tools import readme


@pytest.mark.parametrize("addon", readme.addons(), ids=lambda addon: addon.name)
def test_readme_says_what_the_fragments_say(addon: Path) -> None:
    written = (addon / "README.rst").read_text(encoding="utf-8")
    assert written == readme.text(addon), "run `python3 -m tools readme`"


@pytest.mark.parametrize("addon", readme.addons(), ids=lambda addon: addon.name)
def test_readme_is_sound(addon: Path) -> None:
    settings = {"report_level": 1, "halt_level": 1}
    docutils.core.publish_doctree(readme.text(addon), settings_overrides=settings)
