"""What is wrong with a machine is said in one sentence that says what to do."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools import odoo_source, problems, settings, shell, virtualenv
from tools.cli import main
from tools.environment import Environment
from tools.odoo_source import OdooSource
from tools.ports import demand_free, free_port
from tools.postgres import of_environment
from tools.problems import Problem
from tools.settings import REPOSITORY, Settings


@pytest.fixture
def machine(tmp_path: Path) -> Settings:
    return settings.from_environment({"ORION_CACHE": str(tmp_path / "cache"), "HOME": "/nowhere"})


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What a git checkout of Odoo looks like from outside."""
    folder = tmp_path / "checkout"
    (folder / "odoo" / "addons" / "base").mkdir(parents=True)
    (folder / "addons" / "sale").mkdir(parents=True)
    (folder / "addons" / "sale" / "__manifest__.py").write_text("{}")
    (folder / "odoo-bin").touch()
    (folder / "odoo" / "release.py").write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")
    return folder


def run_tools(command: str, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Call the command line as `make` does."""
    return subprocess.run(
        [sys.executable, "-m", "tools", command],
        cwd=REPOSITORY,
        env={"HOME": os.environ["HOME"], **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def assert_one_sentence(result: subprocess.CompletedProcess[str], *words: str) -> None:
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    for word in words:
        assert word in lines[0]
    assert "Traceback" not in result.stderr
    assert result.returncode != 0
    assert result.stdout == ""


# --- the whole command ---


def test_without_apt_the_sentence_names_odoo_path(tmp_path: Path) -> None:
    result = run_tools("setup", {"PATH": "", "ORION_CACHE": str(tmp_path / "cache")})
    assert_one_sentence(result, "apt-get", "ODOO_PATH")


def test_odoo_path_without_an_odoo(tmp_path: Path) -> None:
    variables = {"PATH": "", "ORION_CACHE": str(tmp_path / "c"), "ODOO_PATH": str(tmp_path)}
    assert_one_sentence(run_tools("run", variables), str(tmp_path), "ODOO_PATH")


def test_a_cache_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run_tools("setup", {"PATH": "", "ORION_CACHE": str(tmp_path / "file" / "cache")})
    assert_one_sentence(result, "ORION_CACHE")


def test_a_cache_in_the_clone() -> None:
    result = run_tools("setup", {"PATH": "", "ORION_CACHE": str(REPOSITORY / "cache")})
    assert_one_sentence(result, "ORION_CACHE", "outside")


@pytest.mark.parametrize("port", ["no", "0", "70000", "-1"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    variables = {"PATH": "", "ORION_CACHE": str(tmp_path), "ORION_PORT": port}
    assert_one_sentence(run_tools("run", variables), "ORION_PORT", port)


def test_wrong_python() -> None:
    script = "import sys; sys.version_info = (3, 9, 1, 'final', 0); import tools.__main__"
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert_one_sentence(result, "3.9", "PYTHON=")


def test_a_full_disk(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("ORION_CACHE", str(tmp_path))
    monkeypatch.delenv("ODOO_PATH", raising=False)
    monkeypatch.setattr(odoo_source, "_NEEDED_BYTES", 10**18)
    monkeypatch.setattr(shutil, "which", lambda program: f"/bin/{program}")
    assert main(["setup"]) == 1
    message = capsys.readouterr().err
    assert message.startswith("The disk that holds")
    assert "free some space" in message
    assert message.count("\n") == 1


def test_a_disk_that_fills_up_meanwhile(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fill(machine: Settings) -> OdooSource:
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setenv("ORION_CACHE", str(tmp_path))
    monkeypatch.setattr(odoo_source, "find_or_fetch", fill)
    assert main(["setup"]) == 1
    assert "free some space" in capsys.readouterr().err


def test_an_error_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(machine: Settings) -> Environment:
        raise OSError(22, "Invalid argument")

    monkeypatch.setenv("ORION_CACHE", str(tmp_path))
    monkeypatch.setattr(odoo_source, "find_or_fetch", fail)
    with pytest.raises(OSError, match="Invalid argument"):
        main(["setup"])


# --- other programs ---


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("E: Failed to fetch x  Temporary failure resolving 'deb'", "registry"),
        ("Retrying after NewConnectionError: Failed to establish a new connection", "registry"),
        ("ERROR: No matching distribution found for gql==4.4.0", "registry"),
        ("W: Could not resolve 'mirror'", "registry"),
        ("OSError: [Errno 28] No space left on device", "free some space"),
        ("something else", "what went wrong stands in"),
    ],
)
def test_what_a_program_said(machine: Settings, output: str, words: str) -> None:
    script = f"import sys; print({output!r}); sys.exit(3)"
    log = machine.logs / "x.log"
    with pytest.raises(Problem) as caught:
        shell.run([sys.executable, "-c", script], what="fetching things", log=log)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert output in log.read_text()


def test_a_program_that_is_not_there(machine: Settings) -> None:
    with pytest.raises(Problem, match="needs the program no-such-program"):
        shell.run(["no-such-program"], what="trying", log=machine.logs / "x.log")


def test_a_port_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            Problem, match=rf"Port {port} is in use.*ORION_PORT={port + 1} make run"
        ):
            demand_free(port, "ORION_PORT")


def test_a_free_port() -> None:
    port = free_port()
    demand_free(port, "ORION_PORT")
    assert 0 < port < 65536


# --- Odoo ---


def test_a_checkout_is_found(checkout: Path) -> None:
    source = odoo_source.inspect(checkout)
    assert source.root == checkout
    assert source.addons_paths == (checkout / "odoo" / "addons", checkout / "addons")


def test_the_package_itself_is_found(checkout: Path) -> None:
    assert odoo_source.inspect(checkout / "odoo").root == checkout


def test_site_packages_are_found(checkout: Path) -> None:
    shutil.move(checkout / "addons" / "sale", checkout / "odoo" / "addons" / "sale")
    (checkout / "addons").rmdir()
    assert odoo_source.inspect(checkout).addons_paths == (checkout / "odoo" / "addons",)


@pytest.mark.parametrize("info", ["(18, 0, 0)", "('saas~18', 2, 0)", "none"])
def test_another_version_is_refused(checkout: Path, info: str) -> None:
    (checkout / "odoo" / "release.py").write_text(f"version_info = {info}\n")
    with pytest.raises(Problem, match="ODOO_PATH"):
        odoo_source.inspect(checkout)


def test_an_odoo_without_addons_is_refused(checkout: Path) -> None:
    shutil.rmtree(checkout / "addons")
    with pytest.raises(Problem, match="sale"):
        odoo_source.inspect(checkout)


def test_the_mirror_is_the_main_archive() -> None:
    lines = [
        "Docker\tDocker CE\tsomewhere/docker",
        "Debian\tDebian-Security\tsomewhere/debian-security",
        "Debian\tDebian\tsomewhere/debian",
    ]
    assert odoo_source.choose_mirror(lines) == "somewhere/debian"


def test_the_mirror_before_the_first_update() -> None:
    lines = ["\t\tsomewhere/debian-security", "\t\tsomewhere/debian"]
    assert odoo_source.choose_mirror(lines) == "somewhere/debian"


def test_no_mirror() -> None:
    with pytest.raises(Problem, match="ODOO_PATH"):
        odoo_source.choose_mirror(["Ubuntu\tUbuntu\tsomewhere/ubuntu", "nonsense"])


# --- settings ---


def test_the_cache_is_in_the_users_cache_folder(tmp_path: Path) -> None:
    assert settings.from_environment({"XDG_CACHE_HOME": str(tmp_path)}).cache.name == "orion"


def test_root_keeps_the_cache_where_others_may_enter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert not settings.enterable_by_others(closed / "orion")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    chosen = settings.from_environment({"XDG_CACHE_HOME": str(closed)}).cache
    assert closed not in chosen.parents


def test_a_changed_pin_changes_the_digest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in virtualenv.REQUIREMENT_FILES:
        shutil.copy(REPOSITORY / name, tmp_path / name)
    monkeypatch.setattr(virtualenv, "REPOSITORY", tmp_path)
    before = virtualenv._digest()
    with (tmp_path / "requirements.txt").open("a") as handle:
        handle.write("another==1\n")
    assert virtualenv._digest() != before


def test_requirements_name_what_the_issue_asks_for() -> None:
    text = (REPOSITORY / "requirements.txt").read_text()
    names = ("gql", "requests", "cryptography", "pandas", "phonenumbers", "pytest-odoo")
    for name in names:
        assert f"\n{name}" in text
    assert "Odoo" in text.partition("\n")[0]


# --- PostgreSQL ---


def test_no_server_is_named() -> None:
    assert of_environment({}) is None


def test_database_url() -> None:
    server = of_environment({"DATABASE_URL": "postgresql://shop:a%40b@db.example:5433/main"})
    assert server
    assert (server.host, server.port, server.user) == ("db.example", 5433, "shop")
    assert (server.password, server.maintenance_database) == ("a@b", "main")
    assert server.environment["PGPASSWORD"] == "a@b"
    assert server.odoo_options["db_port"] == "5433"
    assert not server.private


def test_database_url_with_a_socket() -> None:
    server = of_environment({"DATABASE_URL": "postgresql://shop@/main?host=/run/postgresql"})
    assert server
    assert server.host == "/run/postgresql"


def test_database_url_of_another_kind() -> None:
    with pytest.raises(Problem, match="postgresql://"):
        of_environment({"DATABASE_URL": "mysql://x"})


def test_pghost() -> None:
    server = of_environment({"PGHOST": "db.example", "PGUSER": "shop", "PGPORT": "5434"})
    assert server
    assert (server.host, server.port, server.user) == ("db.example", 5434, "shop")


def test_the_user_that_odoo_refuses() -> None:
    with pytest.raises(Problem, match="createuser"):
        of_environment({"PGHOST": "db.example", "PGUSER": "postgres"})


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    from tools import postgres

    server = of_environment({"PGHOST": str(tmp_path), "PGUSER": "shop"})
    assert server
    with pytest.raises(Problem, match="mend PGHOST or DATABASE_URL") as caught:
        postgres._check(server)
    assert "\n" not in str(caught.value)


def test_problem_of_a_folder_that_belongs_to_others() -> None:
    error = PermissionError(13, "Permission denied", "/somewhere")
    assert "ORION_CACHE" in str(problems.of_os_error(error, Path("/x")))
