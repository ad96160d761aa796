"""How an answer travels to the client."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivery:
    """Ways in which the wire may misbehave.

    :param hold: seconds to wait before anything is sent.
    :param reset: the connection is reset instead of an answer.
    :param hang_up: the connection is closed in good order instead of an answer.
    :param cut: share of the body that is sent before the connection closes, although
        Content-Length promises all of it.
    :param drip: seconds over which the body is spread.
    """

    hold: float = 0.0
    reset: bool = False
    hang_up: bool = False
    cut: float | None = None
    drip: float = 0.0
