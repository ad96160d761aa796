"""Addons, their order and their digest; the tree of libs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import addons, lib_tree, settings, templates
from tools.settings import REPOSITORY


@pytest.fixture
def clone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Two addons in a clone, the first depending on the second."""
    for name, depends in (("orion_a", ["orion_b", "mail"]), ("orion_b", ["mail"])):
        for folder in ("lib", "tests", "models"):
            (tmp_path / name / folder).mkdir(parents=True)
        (tmp_path / name / "__manifest__.py").write_text(repr({"name": name, "depends": depends}))
        (tmp_path / name / "tests" / "test_lib_x.py").touch()
    monkeypatch.setattr(addons, "REPOSITORY", tmp_path)
    monkeypatch.setattr(lib_tree, "REPOSITORY", tmp_path)
    return tmp_path


def test_addons_come_after_what_they_depend_on(clone: Path) -> None:
    assert addons.names() == ["orion_b", "orion_a"]


def test_new_addons_are_installed_and_the_others_updated() -> None:
    """Odoo leaves an addon as it is that is installed and named after -i."""
    names = ["orion_b", "orion_a"]
    assert templates.module_options(names, {"mail", "orion_b"}) == [
        "-u",
        "orion_b",
        "-i",
        "orion_a",
    ]
    assert templates.module_options(names, set(names)) == ["-u", "orion_b,orion_a"]
    assert templates.module_options(names, set()) == ["-i", "orion_b,orion_a"]


def test_an_addon_that_is_not_installable_is_left_out(clone: Path) -> None:
    (clone / "orion_a" / "__manifest__.py").write_text("{'name': 'a', 'installable': False}")
    assert addons.names() == ["orion_b"]


def test_glue_to_another_app_is_installed_with_that_app_only(clone: Path) -> None:
    for name, other in (("orion_c", "orion_b"), ("orion_d", "mrp")):
        manifest = {"name": name, "depends": ["orion_a", other], "auto_install": True}
        (clone / name).mkdir()
        (clone / name / "__manifest__.py").write_text(repr(manifest))
    assert addons.names() == ["orion_b", "orion_a", "orion_c", "orion_d"]
    assert addons.installed() == ["orion_b", "orion_a", "orion_c"]


def test_the_addons_of_this_clone() -> None:
    names = addons.names()
    assert names.index("orion_base") < names.index("orion_orders") < names.index("orion_letzshop")


def test_the_digest_changes_with_the_addons_and_not_with_their_tests(clone: Path) -> None:
    before = addons.digest()
    (clone / "orion_a" / "tests" / "test_more.py").write_text("x")
    assert addons.digest() == before
    (clone / "orion_a" / "models" / "thing.py").write_text("x")
    assert addons.digest() != before


def test_the_tree_holds_libs_and_nothing_else_of_odoo(clone: Path, tmp_path: Path) -> None:
    machine = settings.from_environment({"ORION_CACHE": str(tmp_path / "cache")})
    tree = lib_tree.build(machine, "test")
    package = tree / "odoo" / "addons" / "orion_a"
    assert (package / "lib").resolve() == clone / "orion_a" / "lib"
    assert (package / "tests" / "test_lib_x.py").exists()
    assert not (package / "models").exists()
    assert lib_tree.build(machine, "test") == tree


def test_ci_uses_what_make_uses() -> None:
    script = (REPOSITORY / ".ci" / "run").read_text()
    assert "make lint" in script
    assert "make test" in script
