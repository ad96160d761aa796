"""The mails that were caught, for people and programs."""

from __future__ import annotations

import html
import threading

from ..http.http_error import HttpError
from ..http.json_value import JsonValue
from ..http.reply import Reply
from ..http.request import Request
from .message import Message

_PAGE = """<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>Mails</title><style>body{{font:16px sans-serif;margin:2rem;max-width:60rem}}
li{{margin:.5rem 0}}</style><h1>Caught mails</h1><p>Nothing leaves this machine.</p>{list}"""


class MailApp:
    """``GET /`` lists the mails, ``GET /<number>`` shows one, ``GET /_control/mails`` tells all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: list[Message] = []

    def take(self, receivers: tuple[str, ...], content: bytes) -> None:
        """Keep a mail."""
        with self._lock:
            self._messages.append(Message(len(self._messages) + 1, receivers, content))

    def messages(self, to: str | None = None) -> list[Message]:
        """The mails in the order in which they came.

        :param to: only those for this address.
        """
        with self._lock:
            return [one for one in self._messages if to is None or to in one.to]

    def clear(self) -> None:
        """Forget them all."""
        with self._lock:
            self._messages.clear()

    def handle(self, request: Request) -> Reply:
        """Answer one request."""
        name = request.path.strip("/")
        if request.method == "DELETE" and name == "_control/mails":
            self.clear()
            return Reply.json({})
        if request.method != "GET":
            raise HttpError(405, "Mails are read with GET.")
        if name == "_control/mails":
            found: list[JsonValue] = [
                one.as_json() for one in self.messages(request.query.get("to"))
            ]
            return Reply.json(found)
        if not name:
            return _page(self._list())
        chosen = next((one for one in self.messages() if str(one.number) == name), None)
        if chosen is None:
            raise HttpError(404, "There is no such mail.")
        body = chosen.body("html") or f"<pre>{html.escape(chosen.body('plain'))}</pre>"
        return _page(f'<p><a href="/">all</a></p>{body}', plain=True)

    def _list(self) -> str:
        lines = [
            f'<li><a href="/{one.number}">{html.escape(one.subject or "(no subject)")}</a> '
            f"to {html.escape(', '.join(one.to))}</li>"
            for one in reversed(self.messages())
        ]
        return f"<ul>{''.join(lines)}</ul>" if lines else "<p>None yet.</p>"


def _page(content: str, *, plain: bool = False) -> Reply:
    text = content if plain else _PAGE.format(list=content)
    return Reply(body=text.encode(), content_type="text/html; charset=utf-8")
