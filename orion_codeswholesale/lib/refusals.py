"""Refusals in the supplier's own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from odoo.addons.orion_base.lib.errors import Rejected
from odoo.addons.orion_base.lib.sentence import Sentences

from .answers import number_of, text_of

_lt = Sentences(__name__)

#: The two numbers that are known.
BALANCE_TOO_LOW = 10002
PRODUCT_GONE = 20001

#: Statuses with a refusal in their body.
REFUSING = (400, 404, 409, 422)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What stands in the body of a refusing answer.

    :param code: the supplier's number; 0 when there is none.
    """

    status: int
    code: int
    message: str

    @classmethod
    def read(cls, status: int, answer: Any) -> Refusal:
        """The refusal of an answer."""
        record = answer if isinstance(answer, dict) else {}
        return cls(status, number_of(record, "code") or 0, text_of(record, "message")[:200])


class RefusedRequest(Rejected):
    """The supplier understood and refused; what that means depends on what was asked."""

    def __init__(self, refusal: Refusal) -> None:
        message = _lt(
            "CodesWholesale refused: %(message)s (%(code)s)",
            message=refusal.message or f"HTTP {refusal.status}",
            code=refusal.code,
        )
        super().__init__(message, details={"status": refusal.status, "code": refusal.code})
        self.refusal = refusal
