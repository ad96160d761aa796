"""Putting a file on an SFTP server whose key is known."""

from __future__ import annotations

import base64
import binascii
import io
import logging
from urllib.parse import unquote, urlsplit

import paramiko

from odoo.addons.orion_base.lib.errors import (
    HostUnreachable,
    OrionError,
    Rejected,
    RetryLater,
    UnknownOutcome,
)
from odoo.addons.orion_base.lib.sentence import Sentences

_lt = Sentences(__name__)
_PORT = 22
_TIMEOUT = 20.0
_LOG = "orion.sftp"

# what goes wrong is raised, and told once
logging.getLogger(_LOG).setLevel(logging.CRITICAL)


class SftpDrop:
    """One place on one server.

    :param address: `sftp://host[:port]/path/name`
    :param host_key: the server's public key, `ssh-ed25519 AAAA…`, as in a line of known_hosts
    """

    def __init__(self, address: str, user: str, password: str, host_key: str) -> None:
        parts = urlsplit(address)
        self._host = parts.hostname or ""
        self._port = parts.port or _PORT
        self._path = unquote(parts.path)
        self._user = user
        self._password = password
        self._host_key = host_key

    def put(self, content: bytes) -> None:
        """Write the file under another name first, so that it is never read half.

        Raises an `OrionError`.
        """
        with paramiko.SSHClient() as client:
            self._connect(client)
            try:
                with client.open_sftp() as sftp:
                    self._write(sftp, content)
            except (OSError, EOFError, paramiko.SSHException) as error:
                raise RetryLater(
                    _lt("%(host)s did not take the stock file.", host=self._host),
                    details={"cause": type(error).__name__},
                ) from error

    def _connect(self, client: paramiko.SSHClient) -> None:
        client.set_log_channel(_LOG)
        # of servers whose key is not known, nothing is accepted
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        known = self._host if self._port == _PORT else f"[{self._host}]:{self._port}"
        key = self._known_key()
        client.get_host_keys().add(known, key.get_name(), key)
        try:
            client.connect(
                self._host,
                self._port,
                username=self._user,
                password=self._password,
                timeout=_TIMEOUT,
                banner_timeout=_TIMEOUT,
                auth_timeout=_TIMEOUT,
                channel_timeout=_TIMEOUT,
                allow_agent=False,
                look_for_keys=False,
                disabled_algorithms={},
            )
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> OrionError:
        host = self._host
        if isinstance(error, paramiko.BadHostKeyException):
            return Rejected(
                _lt(
                    "%(host)s has another key than the one entered: it may be another server. Ask "
                    "its owner, and enter the new key if it is right.",
                    host=host,
                )
            )
        if isinstance(error, paramiko.AuthenticationException):
            return Rejected(_lt("%(host)s refused user or password. Correct them.", host=host))
        details = {"cause": type(error).__name__}
        if isinstance(error, OSError):
            return HostUnreachable(_lt("%(host)s cannot be reached.", host=host), details=details)
        return RetryLater(_lt("%(host)s does not speak SFTP now.", host=host), details=details)

    def _known_key(self) -> paramiko.PKey:
        """:raises Rejected: where what was entered is no key."""
        words = self._host_key.split()
        try:
            return paramiko.PKey.from_type_string(words[-2], base64.b64decode(words[-1]))
        except (IndexError, binascii.Error, ValueError, paramiko.SSHException) as error:
            raise Rejected(
                _lt(
                    "The key of %(host)s is missing or damaged. Enter what “ssh-keyscan” says, for "
                    "example ssh-ed25519 AAAA….",
                    host=self._host,
                )
            ) from error

    def _write(self, sftp: paramiko.SFTPClient, content: bytes) -> None:
        part = f"{self._path}.part"
        sftp.putfo(io.BytesIO(content), part)
        try:
            sftp.posix_rename(part, self._path)
        except OSError as error:
            raise UnknownOutcome(
                _lt("%(host)s did not give the stock file its name.", host=self._host),
                details={"cause": type(error).__name__},
            ) from error
