"""`python3 -m tools translations`: the addons' translation files, from what Odoo exports."""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path

import polib

from tools import addons
from tools.configuration import write_configuration
from tools.environment import Environment
from tools.settings import REPOSITORY
from tools.shell import run as run_program
from tools.shell import say
from tools.testing import test_database

#: The languages that every addon is translated into, with their rules for plurals.
LANGUAGES = {"de": "nplurals=2; plural=(n != 1);", "fr": "nplurals=2; plural=(n > 1);"}


def run(environment: Environment) -> int:
    """Export each addon's template anew and bring its translations in line with it.

    Answers 1 as long as a term is not translated.
    """
    with (
        test_database(environment) as (server, database),
        tempfile.TemporaryDirectory() as folder,
    ):
        configuration = write_configuration(environment, server, database, {"log_level": "warn"})
        archive = Path(folder) / "templates.tgz"
        command: list[str | Path] = [
            environment.settings.python, "-m", "odoo", "i18n", "export",
            "-c", configuration, "-d", database, "-o", archive, *addons.installed(),
        ]  # fmt: skip
        log = environment.settings.logs / "translations.log"
        run_program(command, what="exporting translations", log=log, cwd=REPOSITORY)
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        missing = sum(
            refresh(REPOSITORY / name / "i18n", Path(folder) / name / "i18n" / f"{name}.pot")
            for name in addons.installed()
        )
    say(f"{missing} terms to translate." if missing else "Everything is translated.")
    return 1 if missing else 0


def refresh(folder: Path, exported: Path) -> int:
    """Take an exported template over into `folder`, and count the terms without translation.

    An addon in which nobody reads anything has none, or an empty one.
    """
    if not exported.exists() or not exported.stat().st_size:
        return 0
    template = polib.pofile(str(exported))
    template.metadata["Project-Id-Version"] = "Odoo Server 19.0"
    path = folder / exported.name
    if path.exists() and _same_terms(polib.pofile(str(path)), template):
        template = polib.pofile(str(path))  # and its dates stay
    else:
        folder.mkdir(exist_ok=True)
        template.save(str(path))
    return sum(_translate(template, folder / f"{code}.po", code) for code in LANGUAGES)


def _same_terms(one: polib.POFile, other: polib.POFile) -> bool:
    return [str(entry) for entry in one] == [str(entry) for entry in other]


def _translate(template: polib.POFile, path: Path, code: str) -> int:
    """Write `path` with the template's terms and the translations it had; count those it lacks."""
    known = {}
    if path.exists():
        known = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if not entry.fuzzy}
    translated = polib.POFile()
    translated.header = template.header
    translated.metadata = {
        **template.metadata,
        "Language": code,
        "Plural-Forms": LANGUAGES[code],
    }
    for entry in template:
        translated.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=known.get(entry.msgid, ""),
                comment=entry.comment,
                occurrences=entry.occurrences,
            )
        )
    translated.save(str(path))
    return len(translated.untranslated_entries())
