"""Finds Odoo 19, or fetches Debian's package of it into the cache without installing it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.problems import Problem, disk_full
from tools.settings import Settings
from tools.shell import run, say

#: odoo-19 links to the others by relative paths: without them its first page answers 500.
PACKAGES = (
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
_KEYRINGS = tuple(
    Path("/usr/share/keyrings") / f"debian-archive-keyring.{suffix}" for suffix in ("gpg", "pgp")
)
_NEEDED_BYTES = 3 * 1024**3
_ELSEWHERE = "set ODOO_PATH to a folder that holds Odoo 19 (a git checkout, or site-packages)"


@dataclass(frozen=True)
class OdooSource:
    """Where an Odoo is.

    :param root: the folder to have on Python's path.
    """

    root: Path
    addons_paths: tuple[Path, ...]
    version: str


def find_or_fetch(settings: Settings) -> OdooSource:
    """The Odoo of ODOO_PATH, or the cache's own, which is fetched when missing."""
    if settings.odoo_path:
        return inspect(settings.odoo_path)
    target = settings.cache / "odoo"
    packages = target / "usr" / "lib" / "python3" / "dist-packages"
    if not (packages / "odoo" / "release.py").exists():
        _fetch(settings, target)
    return inspect(packages)


def inspect(folder: Path) -> OdooSource:
    """Find odoo and its addons in a checkout, in site-packages, or in the package itself.

    :raises Problem: when there is none, or one of another version.
    """
    root = next(
        (place for place in (folder, folder.parent) if (place / "odoo" / "release.py").is_file()),
        None,
    )
    if root is None:
        raise Problem(f"There is no Odoo in {folder}: {_ELSEWHERE}.")
    text = (root / "odoo" / "release.py").read_text(encoding="utf-8")
    match = re.search(r"^version_info\s*=\s*\((?:'saas~)?(\d+)'?,\s*(\d+)", text, re.MULTILINE)
    version = ".".join(match.groups()) if match else "unknown"
    if version != "19.0":
        raise Problem(f"The Odoo in {root} is version {version}: {_ELSEWHERE}.")
    candidates = (root / "odoo" / "addons", root / "addons")
    addons_paths = tuple(path for path in candidates if path.is_dir())
    if not any((path / "sale" / "__manifest__.py").is_file() for path in addons_paths):
        raise Problem(f"The Odoo in {root} has no addon `sale` beside it: {_ELSEWHERE}.")
    return OdooSource(root, addons_paths, version)


def _fetch(settings: Settings, target: Path) -> None:
    for program in ("apt-get", "dpkg"):
        if shutil.which(program) is None:
            raise Problem(
                f"Odoo is fetched by {program}, which this machine does not have: {_ELSEWHERE}."
            )
    settings.cache.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(settings.cache).free < _NEEDED_BYTES:
        raise disk_full(settings.cache)
    say("Fetching Odoo 19 (about 130 MB) …")
    work = settings.cache / "apt"
    shutil.rmtree(work, ignore_errors=True)
    for folder in ("lists/partial", "cache/archives/partial", "packages", "root"):
        (work / folder).mkdir(parents=True)
    options = _private_root(settings, work)
    log = settings.logs
    run(
        ["apt-get", *options, "update"],
        what="reading Debian's package list",
        log=log / "apt-update.log",
    )
    run(
        ["apt-get", *options, "download", *PACKAGES],
        what="downloading Odoo 19",
        log=log / "apt-download.log",
        cwd=work / "packages",
    )
    for package in sorted((work / "packages").glob("*.deb")):
        run(
            ["dpkg", "-x", package, work / "root"],
            what=f"unpacking {package.name}",
            log=log / "dpkg.log",
        )
    shutil.rmtree(target, ignore_errors=True)
    (work / "root").rename(target)
    shutil.rmtree(work)


def _private_root(settings: Settings, work: Path) -> list[str]:
    """Options that keep apt away from the machine's own state."""
    listing = run(
        [
            "apt-get", "indextargets",
            "--format", "$(ORIGIN)\t$(LABEL)\t$(REPO_URI)",
            "Created-By: Packages",
        ],
        what="asking apt for its mirror",
        log=settings.logs / "apt-mirror.log",
    )  # fmt: skip
    mirror = choose_mirror(listing.splitlines())
    keyring = next((path for path in _KEYRINGS if path.exists()), None)
    if keyring is None:
        raise Problem(
            "The keys that sign Debian's packages are missing: install debian-archive-keyring, or "
            f"{_ELSEWHERE}."
        )
    sources = work / "sources.list"
    sources.write_text(f"deb [signed-by={keyring}] {mirror} sid main\n", encoding="utf-8")
    return [
        "-o", f"Dir::Etc::SourceList={sources}",
        "-o", "Dir::Etc::SourceParts=-",
        "-o", f"Dir::State::Lists={work / 'lists'}",
        "-o", f"Dir::Cache={work / 'cache'}",
        "-o", "APT::Sandbox::User=root",
        "-o", "Acquire::Languages=none",
        "-o", "Acquire::Retries=3",
    ]  # fmt: skip


def choose_mirror(lines: Sequence[str]) -> str:
    """Choose Debian's main archive among apt's sources.

    :param lines: origin, label and address of each, separated by tabs; origin and label are
        empty as long as apt has not read the source.
    :raises Problem: when there is none.
    """
    rows = [tuple(line.split("\t")) for line in lines if line.count("\t") == 2]
    for wanted in (("Debian", "Debian"), ("", "")):
        for origin, label, address in rows:
            if (origin, label) == wanted and "security" not in address:
                return address
    raise Problem(f"This machine's apt knows no mirror of Debian: {_ELSEWHERE}.")
