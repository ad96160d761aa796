"""What the server answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .delivery import Delivery
from .json_value import dump


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer.

    :param leaving: called when the answer begins to leave, before its first byte.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    delivery: Delivery = field(default_factory=Delivery)
    leaving: Callable[[], None] | None = field(default=None, compare=False)

    @classmethod
    def json(cls, value: object, status: int = 200) -> Reply:
        """An answer with `value` as JSON."""
        return cls(status=status, body=dump(value))
