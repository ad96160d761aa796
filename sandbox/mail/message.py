"""A mail that was caught."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage

from ..http.json_value import JsonObject


@dataclass(frozen=True, slots=True)
class Message:
    """One mail as it came.

    :param to: whom it was for, by the envelope.
    """

    number: int
    to: tuple[str, ...]
    content: bytes

    def parsed(self) -> EmailMessage:
        """The mail, read."""
        return email.message_from_bytes(self.content, policy=email.policy.default)

    @property
    def subject(self) -> str:
        """What it is about."""
        return str(self.parsed()["Subject"] or "")

    def body(self, kind: str = "html") -> str:
        """Its text; empty when there is none of this kind.

        :param kind: html or plain.
        """
        part = self.parsed().get_body((kind,))
        return str(part.get_content()) if part is not None else ""

    def attachments(self) -> dict[str, bytes]:
        """Files and pictures by name."""
        found = {}
        for part in self.parsed().walk():
            name = part.get_filename()
            content = part.get_payload(decode=True)
            if name and isinstance(content, bytes):
                found[name] = content
        return found

    def as_json(self) -> JsonObject:
        """As the control API shows it."""
        return {
            "number": self.number,
            "to": list(self.to),
            "subject": self.subject,
            "html": self.body("html"),
            "plain": self.body("plain"),
            "attachments": list(self.attachments()),
        }
