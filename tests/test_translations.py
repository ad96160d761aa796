"""French and German of everything a user sees, and templates that hold all of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import polib
import pytest

from tools import addons, translations
from tools.settings import REPOSITORY

REGENERATE = (
    "Run `python3 -m tools translations`, fill in the terms that it counts, and commit the files."
)
_GETTEXT = {"_", "_lt"}
_JAVASCRIPT = re.compile(r"""\b_t\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
_MARKUP = re.compile(r"</?\w+")
_ATTRIBUTE = re.compile(r'="([^"]*)"')
#: Attributes of views and templates that people read.
_ATTRIBUTES = {
    "alt", "aria-label", "avg", "cancel-label", "confirm", "confirm-label", "confirm-title",
    "help", "placeholder", "string", "sum", "title",
}  # fmt: skip


def _template(addon: str) -> polib.POFile:
    return polib.pofile(str(REPOSITORY / addon / "i18n" / f"{addon}.pot"))


def _translation(addon: str, code: str) -> polib.POFile:
    return polib.pofile(str(REPOSITORY / addon / "i18n" / f"{code}.po"))


def _sources(addon: str, pattern: str) -> Iterator[Path]:
    for path in sorted((REPOSITORY / addon).rglob(pattern)):
        if not {"tests", "i18n"}.intersection(path.relative_to(REPOSITORY).parts):
            yield path


def _normal(text: str) -> str:
    return " ".join(text.split())


def _python_terms(source: str) -> Iterator[str]:
    """What is handed to gettext, and labels, help and choices of fields."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = _called(node)
        if name in _GETTEXT and node.args:
            yield from _literals(node.args[0])
        elif isinstance(node.func, ast.Attribute) and _called(node.func.value) == "fields":
            for keyword in node.keywords:
                if keyword.arg in {"string", "help"}:
                    yield from _literals(keyword.value)
                elif keyword.arg in {"selection", "selection_add"}:
                    yield from _choices(keyword.value)


def _called(node: ast.AST) -> str:
    target = node.func if isinstance(node, ast.Call) else node
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _choices(node: ast.expr) -> Iterator[str]:
    for choice in node.elts if isinstance(node, ast.List) else []:
        if isinstance(choice, ast.Tuple) and len(choice.elts) == 2:
            yield from _literals(choice.elts[1])


def _xml_terms(path: Path) -> Iterator[str]:
    """Labels of menus, and what views and templates say in attributes."""
    root = ElementTree.parse(path).getroot()
    for menu in root.iter("menuitem"):
        yield menu.get("name", "")
    arches = [field for field in root.iter("field") if field.get("name") == "arch"]
    for arch in [root] if root.tag == "templates" else arches:
        for element in arch.iter():
            if element.tag == "attribute" and element.get("name") in _ATTRIBUTES:
                yield element.text or ""
            elif element.tag[0].islower():  # what a component gets is an expression
                yield from (element.get(name, "") for name in _ATTRIBUTES)


def _terms(addon: str) -> Iterator[tuple[Path, str]]:
    for path in _sources(addon, "*.py"):
        yield from ((path, term) for term in _python_terms(path.read_text(encoding="utf-8")))
    for path in _sources(addon, "*.xml"):
        yield from ((path, term) for term in _xml_terms(path))
    for path in _sources(addon, "*.js"):
        for match in _JAVASCRIPT.finditer(path.read_text(encoding="utf-8")):
            yield path, match[1] or match[2]


def _is_read(term: str) -> bool:
    """Whether there is anything to translate: a dash alone is none."""
    return any(map(str.isalpha, term))


#: Those in which somebody reads something.
ADDONS = [name for name in addons.names() if any(_is_read(term) for _path, term in _terms(name))]


def test_addons_without_terms_have_no_catalogues() -> None:
    for name in set(addons.names()) - set(ADDONS):
        assert not (REPOSITORY / name / "i18n").exists()


@pytest.mark.parametrize("addon", ADDONS)
def test_the_template_holds_what_the_sources_say(addon: str) -> None:
    entries = [entry.msgid for entry in _template(addon)]
    known = {_normal(text) for msgid in entries for text in (msgid, *_ATTRIBUTE.findall(msgid))}
    absent = {
        f"{path.relative_to(REPOSITORY)}: {term}"
        for path, term in _terms(addon)
        if _is_read(term) and _normal(term) not in known
    }
    assert not absent, f"{addon}.pot is not current. {REGENERATE}"


def test_terms_are_found_in_sources() -> None:
    source = """
from odoo import fields, models
class Thing(models.Model):
    size = fields.Selection(
        selection=[("s", "Small")], string="Size", help="How "
        "big.")
    def act(self):
        name = "x"
        raise UserError(self.env._("%(a)s is %(b)s.", a=1, b=self.env._("wrong")) + _lt("Late"))
"""
    expected = {"Small", "Size", "How big.", "%(a)s is %(b)s.", "wrong", "Late"}
    assert set(_python_terms(source)) == expected
    assert _JAVASCRIPT.findall("""_t("a \\"b\\"", {x}) + _t('c') + not_t("d")""") == [
        ('a \\"b\\"', ""),
        ("", "c"),
    ]


def test_terms_are_found_in_views(tmp_path: Path) -> None:
    path = tmp_path / "views.xml"
    path.write_text(
        """<odoo><menuitem id="m" name="Menu"/><record id="v" model="ir.ui.view">
        <field name="name">technical</field><field name="arch" type="xml"><form string="Form">
        <button confirm="Sure?"/><attribute name="string">Other</attribute></form></field>
        </record></odoo>"""
    )
    assert set(_xml_terms(path)) - {""} == {"Menu", "Form", "Sure?", "Other"}
    path.write_text(
        """<templates><t t-name="x"><p title="Tip"/><Part title="'e'"/></t></templates>"""
    )
    assert set(_xml_terms(path)) - {""} == {"Tip"}


@pytest.mark.parametrize("addon", ADDONS)
@pytest.mark.parametrize("code", sorted(translations.LANGUAGES))
def test_every_term_is_translated(addon: str, code: str) -> None:
    translation = _translation(addon, code)
    translated = {entry.msgid for entry in translation if entry.msgstr.strip()}
    absent = {entry.msgid for entry in _template(addon)} - translated
    assert not absent, f"{addon}/i18n/{code}.po lacks terms. {REGENERATE}"
    assert {entry.msgid for entry in translation} <= {entry.msgid for entry in _template(addon)}
    assert not [entry.msgid for entry in translation if entry.fuzzy or entry.obsolete]


@pytest.mark.parametrize("addon", ADDONS)
@pytest.mark.parametrize("code", sorted(translations.LANGUAGES))
def test_translations_keep_placeholders_and_markup(addon: str, code: str) -> None:
    wrong = [
        entry.msgid
        for entry in _translation(addon, code)
        for pattern in (_PLACEHOLDER, _MARKUP)
        if sorted(pattern.findall(entry.msgid)) != sorted(pattern.findall(entry.msgstr))
    ]
    assert not wrong


@pytest.mark.parametrize("code", sorted(translations.LANGUAGES))
def test_headers_name_addon_and_language_and_nobody(code: str) -> None:
    for addon in ADDONS:
        translation = _translation(addon, code)
        terms = [entry.msgid for entry in translation]
        assert len(terms) == len(set(terms))
        assert addon in translation.header
        assert translation.metadata["Language"] == code
        assert not translation.metadata["Last-Translator"]


def test_refreshing_keeps_translations_and_dates_and_drops_what_is_gone(tmp_path: Path) -> None:
    exported = tmp_path / "export" / "orion_x.pot"
    folder = tmp_path / "orion_x" / "i18n"
    exported.parent.mkdir()
    folder.parent.mkdir()

    def export(date: str, *terms: str) -> int:
        template = polib.POFile()
        template.header = "Translation of Odoo Server.\n"
        template.metadata = {"Project-Id-Version": "x", "POT-Creation-Date": date}
        template.extend(polib.POEntry(msgid=term) for term in terms)
        template.save(str(exported))
        return translations.refresh(folder, exported)

    assert export("2026-01-01 00:00+0000", "One", "Two") == 4
    path = folder / "fr.po"
    translation = polib.pofile(str(path))
    translation.find("One").msgstr = "Un"
    translation.save(str(path))
    assert export("2026-02-02 00:00+0000", "One", "Two") == 3
    assert "2026-01-01" in (folder / "orion_x.pot").read_text()
    assert export("2026-03-03 00:00+0000", "One", "Three") == 3
    translation = polib.pofile(str(path))
    assert {entry.msgid: entry.msgstr for entry in translation} == {"One": "Un", "Three": ""}
    assert translation.metadata["POT-Creation-Date"].startswith("2026-03-03")
    assert not translation.obsolete_entries()
