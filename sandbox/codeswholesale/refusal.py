"""A request that the supplier understands and refuses."""

from __future__ import annotations

from ..http.reply import Reply


class Refusal(Exception):
    """Answered in the supplier's own form.

    :param code: its number. 10002 and 20001 are known, the others are made up here.
    """

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def reply(self) -> Reply:
        """The answer."""
        return Reply.json(
            {
                "status": self.status,
                "code": self.code,
                "message": self.message,
                "developerMessage": self.message,
                "moreInfo": "https://docs.codeswholesale.example/errors",
            },
            self.status,
        )


def balance_too_low() -> Refusal:
    """The account can not pay."""
    return Refusal(400, 10002, "Not enough money on the account")


def product_gone(product_id: str) -> Refusal:
    """The product has left the price list."""
    return Refusal(404, 20001, f"Product {product_id} is not in the price list")


def price_moved() -> Refusal:
    """The price that was sent is not today's."""
    return Refusal(400, 20005, "Price of the product has changed")


def stock_short() -> Refusal:
    """There are fewer codes."""
    return Refusal(400, 20002, "Product is out of stock")
