"""A place where files with stock are put by SFTP; needs paramiko."""

from __future__ import annotations

import posixpath
import socket
import threading
from types import TracebackType
from typing import Any

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)
from paramiko.sftp import SFTP_FAILURE, SFTP_NO_SUCH_FILE, SFTP_OK

from .drop_app import DropApp

_HOST = "127.0.0.1"


class _Account(paramiko.ServerInterface):
    """One user with a password."""

    def __init__(self, user: str, password: str) -> None:
        self._account = (user, password)

    def check_auth_password(self, username: str, password: str) -> int:
        """Whether it is the merchant."""
        known = (username, password) == self._account
        return AUTH_SUCCESSFUL if known else AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        """Passwords only."""
        del username
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        """Sessions only."""
        del chanid
        if kind == "session":
            return OPEN_SUCCEEDED
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class _Handle(paramiko.SFTPHandle):
    """A file that is being written, in memory."""

    def __init__(self, name: str, files: dict[str, bytearray]) -> None:
        super().__init__()
        self._content = files.setdefault(name, bytearray())

    def write(self, offset: int, data: Any) -> int:
        """Take a piece."""
        self._content[offset : offset + len(data)] = data
        return SFTP_OK

    def stat(self) -> paramiko.SFTPAttributes:
        """The size so far."""
        return _attributes(len(self._content))


class _Files(paramiko.SFTPServerInterface):
    """Files are written under any name; the marketplace reads what has its final name."""

    def __init__(self, server: paramiko.ServerInterface, app: DropApp, cut: bool) -> None:
        super().__init__(server)
        self._app = app
        self._cut = cut
        self._open: dict[str, bytearray] = {}

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle:
        """Begin a file."""
        del flags, attr
        return _Handle(path, self._open)

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        """What is known of a file."""
        content = self._open.get(path)
        return SFTP_NO_SUCH_FILE if content is None else _attributes(len(content))

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        """Give a file its final name; then it is read."""
        content = self._open.pop(oldpath, None)
        if content is None:
            return SFTP_NO_SUCH_FILE
        if self._cut:
            return SFTP_FAILURE
        taken = self._app.put(posixpath.basename(newpath), bytes(content)).status == 201
        return SFTP_OK if taken else SFTP_FAILURE


def _attributes(size: int) -> paramiko.SFTPAttributes:
    attributes = paramiko.SFTPAttributes()
    attributes.st_size = size
    return attributes


class SftpSandbox:
    """Serves on loopback while it is started; also a context manager.

    :ivar fails: what is put is refused in the end.
    """

    user, password = "lux-shop", "sftp-demo-password"

    def __init__(self) -> None:
        self._key = paramiko.RSAKey.generate(2048)
        self.app = DropApp(self.user, self.password)
        self.book = self.app.book
        self.fails = False
        self._listener = socket.create_server((_HOST, 0))
        self._transports: list[paramiko.Transport] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)

    @property
    def address(self) -> str:
        """Where a file is put."""
        return f"sftp://{_HOST}:{self._listener.getsockname()[1]}/in/stock-{{time}}.csv"

    @property
    def host_key(self) -> str:
        """The server's public key, as in a line of known_hosts."""
        return f"{self._key.get_name()} {self._key.get_base64()}"

    def _listen(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transport.add_server_key(self._key)
            transport.set_subsystem_handler(
                "sftp", paramiko.SFTPServer, _Files, self.app, self.fails
            )
            self._transports.append(transport)
            try:
                transport.start_server(server=_Account(self.user, self.password))
            except (paramiko.SSHException, EOFError):
                transport.close()

    def __enter__(self) -> SftpSandbox:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # closing alone leaves a waiting accept() to take one more connection
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        for transport in self._transports:
            transport.close()
