"""Access tokens, kept for the life of the process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from odoo.addons.orion_base.lib.errors import InvalidAnswer
from odoo.addons.orion_base.lib.sentence import Sentences

_lt = Sentences(__name__)

#: A token is not used any more so many seconds before its end: a call takes time.
EARLY_SECONDS = 30.0
#: Used so many seconds at least, also when the answer says less: else each call would ask.
LEAST_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Token:
    """An access token.

    :param until: when it is asked for anew, by the store's clock.
    """

    value: str = field(repr=False)
    until: float


class TokenStore:
    """Tokens by account; safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[str, Token] = {}

    def get(self, account: str, fetch: Callable[[], Any]) -> str:
        """The living token of an account.

        :param fetch: asks for one, and answers what came as JSON.
        """
        token = self._tokens.get(account)
        if token is None or self._clock() >= token.until:
            started = self._clock()
            value, seconds = read_token(fetch())
            life = max(seconds - EARLY_SECONDS, LEAST_SECONDS)
            token = Token(value, started + life)
            with self._lock:
                self._tokens[account] = token
        return token.value

    def forget(self, account: str, value: str) -> None:
        """A token was refused; another one that came meanwhile stays."""
        with self._lock:
            known = self._tokens.get(account)
            if known is not None and known.value == value:
                del self._tokens[account]


def read_token(answer: Any) -> tuple[str, float]:
    """Token and seconds of its life, in either of the forms that are known.

    :raises InvalidAnswer: when there is none.
    """
    if isinstance(answer, dict):
        value = answer.get("access_token") or answer.get("value")
        seconds = answer.get("expires_in", answer.get("expiresIn"))
        if isinstance(value, str) and value and isinstance(seconds, int | float):
            return value, float(seconds)
    raise InvalidAnswer(_lt("CodesWholesale answered no access token. Check the endpoint."))


#: Shared by all channels of the process.
TOKENS = TokenStore()
