"""A mail server of one's own."""

from __future__ import annotations

from types import TracebackType

from ..http.json_value import JsonObject
from ..http.threaded_server import ThreadedServer
from .mail_app import MailApp
from .smtp_server import SmtpServer


class MailSandbox:
    """Catches mails on loopback while it is started; also a context manager."""

    def __init__(self) -> None:
        self.app = MailApp()
        self._smtp = SmtpServer(self.app.take)
        self._server = ThreadedServer(self.app)

    @property
    def port(self) -> int:
        """Of SMTP, on 127.0.0.1."""
        return self._smtp.port

    @property
    def url(self) -> str:
        """Where the mails are read."""
        return self._server.url

    def describe(self) -> JsonObject:
        """Addresses."""
        return {
            "smtp_host": "127.0.0.1",
            "smtp_port": self.port,
            "watch": f"{self.url}/",
            "mails": f"{self.url}/_control/mails",
        }

    def start(self) -> MailSandbox:
        """Begin to serve, in threads of this process."""
        self._smtp.start()
        self._server.start()
        return self

    def stop(self) -> None:
        """Serve no more."""
        self._smtp.stop()
        self._server.stop()

    def __enter__(self) -> MailSandbox:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
