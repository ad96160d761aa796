"""Tokens for clients."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from ...http.clock import Clock
from ...http.fault import Fault
from ...http.json_value import JsonObject
from ...http.reply import Reply
from ...http.request import Request
from ..settings import Settings

#: Name, id and secret of each client; the second may buy nothing.
CLIENTS = (
    ("default", "cw-demo-client-51f0", "cw-demo-secret-9a1e77c04d"),
    ("no_rights", "cw-guest-client-7c2b", "cw-guest-secret-1f8d30b6e2"),
)


class TokenDesk:
    """Gives out tokens for client credentials in the body of a form; the same token again while
    it lives, with what is left of its life."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._clock = clock
        self._settings = settings
        self._tokens: dict[str, tuple[str, datetime]] = {}

    def clear(self) -> None:
        """Know no token any more."""
        self._tokens.clear()

    def answer(self, request: Request, faults: Mapping[str, Fault]) -> Reply:
        """A token, or the error that OAuth has for it."""
        given = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if given.get("grant_type") != "client_credentials":
            return _error(400, "unsupported_grant_type", "Only client_credentials")
        client = given.get("client_id", ""), given.get("client_secret", "")
        name = next((each[0] for each in CLIENTS if each[1:] == client), None)
        if name is None:
            return _error(401, "invalid_client", "Bad client credentials")
        token, seconds = self._token(name)
        if "short_token" in faults:
            seconds = faults["short_token"].number("seconds", 1.0)
        if "wrapped_token" in faults:
            expiration = int((self._clock.now() + timedelta(seconds=seconds)).timestamp() * 1000)
            wrapped: JsonObject = {
                "value": token,
                "expiration": expiration,
                "expired": False,
                "expiresIn": int(seconds),
                "tokenType": "bearer",
            }
            return Reply.json(wrapped)
        return Reply.json(
            {
                "access_token": token,
                "token_type": "bearer",
                "expires_in": int(seconds),
                "scope": "administration",
            }
        )

    def client_of(self, request: Request) -> str | None:
        """Name of the client whose living token a request carries."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = self._clock.now()
        return next(
            (name for name, (known, end) in self._tokens.items() if known == token and now < end),
            None,
        )

    def _token(self, name: str) -> tuple[str, float]:
        now = self._clock.now()
        token, end = self._tokens.get(name, ("", now))
        if now >= end:
            token, end = (
                secrets.token_hex(20),
                now + timedelta(seconds=self._settings.token_seconds),
            )
            self._tokens[name] = token, end
        return token, (end - now).total_seconds()


def _error(status: int, error: str, description: str) -> Reply:
    return Reply.json({"error": error, "error_description": description}, status)
