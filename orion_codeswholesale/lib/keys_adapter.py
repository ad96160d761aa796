"""Buys at CodesWholesale: the role `keys`."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from odoo.addons.orion_base.lib.connection import ChannelConnection
from odoo.addons.orion_base.lib.errors import NotHappened, OrionError, Rejected, UnknownOutcome
from odoo.addons.orion_base.lib.outbox import OperationRequest, OperationResult
from odoo.addons.orion_base.lib.sentence import Sentences
from odoo.addons.orion_digital_keys.lib.errors import (
    BalanceTooLow,
    PriceMoved,
    ProductGone,
    PurchaseRefused,
    StockShort,
)
from odoo.addons.orion_digital_keys.lib.keys_adapter import (
    Balance,
    Buyer,
    FraudScore,
    InvoiceData,
    PurchaseData,
    PurchasedCode,
    PurchaseOrder,
    PurchaseStatus,
    Quote,
)

from .answers import CURRENCY, amount_of, moment_of, number_of, text_of, texts_of
from .catalogue import bands_of, is_released, utc_now
from .client import CodesWholesaleClient
from .orders import map_code, map_order
from .refusals import BALANCE_TOO_LOW, PRODUCT_GONE, RefusedRequest

_lt = Sentences(__name__)

#: Their clock and ours need not agree.
_MARGIN = timedelta(minutes=15)
_UNSENT = timedelta(days=30)
#: A product that is gone, and an id that is none: the others are asked for all the same.
_NO_PRODUCT = (400, 404, 422)
_SIGNS = {
    "ipBlacklisted": "ip_blacklisted",
    "ipTor": "ip_tor",
    "domainBlacklisted": "domain_blacklisted",
    "subDomain": "sub_domain",
}


class CodesWholesaleKeysAdapter:
    """A supplier of keys, for one channel."""

    batch_size = 1

    def __init__(
        self, connection: ChannelConnection, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._client = CodesWholesaleClient(connection)
        self._now = now

    def check(self) -> None:
        """The least that proves the account: its balance."""
        self.balance()

    # === BUYING === #

    def send(self, verb: str, requests: Sequence[OperationRequest]) -> list[OperationResult]:
        """Buy; one order a request."""
        del verb  # there is one
        return [self._buy(request) for request in requests]

    def reconcile(self, verb: str, requests: Sequence[OperationRequest]) -> list[OperationResult]:
        """Look in the history, and for the order itself, whether it was bought."""
        del verb
        return [self._look_up(request) for request in requests]

    def _buy(self, request: OperationRequest) -> OperationResult:
        order = PurchaseOrder.of_payload(request.payload)
        line = {
            "productId": order.external_product_id,
            "quantity": order.quantity,
            "price": float(order.unit_price),
        }
        body = {
            "allowPreOrder": order.allow_preorder,
            "orderId": order.reference,
            "products": [line],
        }
        try:
            answer = self._client.buy(body)
        except Rejected as error:
            return self._refused(request, order, error)
        if answer is None:
            return self._reported(request, 208)
        return self._result(request, map_order(answer))

    def _refused(
        self, request: OperationRequest, order: PurchaseOrder, error: Rejected
    ) -> OperationResult:
        """A refusal is believed by its number, else only where the order is not there: the same
        call may have come before."""
        known = self._known_refusal(error)
        if known is not None:
            return OperationResult(request.reference, error=known)
        if error.details.get("status") == 409:
            return self._reported(request, 409)
        result = self._look_up_sent(request)
        if isinstance(result.error, NotHappened):
            return OperationResult(request.reference, error=self._refusal(error, order))
        return result

    def _reported(self, request: OperationRequest, status: int) -> OperationResult:
        """The supplier knows the reference: it was bought before, or a part of the way."""
        result = self._look_up_sent(request)
        if isinstance(result.error, NotHappened):
            message = _lt("CodesWholesale knows the order already, and does not show it yet.")
            error = UnknownOutcome(message, details={"status": status})
            return OperationResult(request.reference, error=error)
        return result

    def _look_up_sent(self, request: OperationRequest) -> OperationResult:
        """`_look_up` of an order that has just been sent: whatever keeps us from looking, it is
        not sent again before somebody has looked."""
        try:
            return self._look_up(request)
        except OrionError as error:
            return _not_told(request, error)

    def _look_up(self, request: OperationRequest) -> OperationResult:
        try:
            found = self._find(request)
        except Rejected as error:
            # a refused question says nothing of the purchase
            return _not_told(request, error)
        if found:
            return self._result(request, *found)
        message = _lt("CodesWholesale has no order with this reference.")
        return OperationResult(request.reference, error=NotHappened(message))

    def _find(self, request: OperationRequest) -> list[PurchaseData]:
        """The orders with our reference, those first that were not given up; none when it is surely
        not there. There should be one, but who sends twice may be sold to twice."""
        wanted = PurchaseOrder.of_payload(request.payload)
        reference, now = wanted.reference, self._now()
        # an earlier sending may have been the one that arrived
        start = (wanted.intended_at or request.sent_at or now - _UNSENT) - _MARGIN
        found = {
            order.supplier_order_id: order
            for item in self._client.history(start, now + _MARGIN)
            if isinstance(item, dict) and text_of(item, "clientOrderId") == reference
            for order in [map_order(item)]
        }
        if found:
            return sorted(found.values(), key=lambda one: one.status is PurchaseStatus.FAILED)
        try:
            # the history may be late; an order is also found by our own reference
            order = map_order(self._client.order(reference))
        except RefusedRequest as error:
            if error.refusal.status == 404:
                return []
            raise
        return [order] if order.reference == reference else []

    def _result(
        self, request: OperationRequest, order: PurchaseData, *others: PurchaseData
    ) -> OperationResult:
        response: dict[str, Any] = {
            "supplier_order_id": order.supplier_order_id,
            "status": order.status.value,
            "total": str(order.total),
        }
        paid = [one for one in others if one.status is not PurchaseStatus.FAILED]
        if paid:
            response["also_bought"] = [one.supplier_order_id for one in paid]
        return OperationResult(request.reference, response)

    def _known_refusal(self, error: Rejected) -> PurchaseRefused | None:
        """What one of the two numbers means that are known."""
        code = error.details.get("code")
        if code == BALANCE_TOO_LOW:
            message = _lt("The balance at CodesWholesale is too low for this purchase. Top it up.")
            return BalanceTooLow(message, details=error.details)
        return _gone(error.details) if code == PRODUCT_GONE else None

    def _refusal(self, error: Rejected, order: PurchaseOrder) -> PurchaseRefused:
        """What a refusal with another number means shows in today's offer."""
        details = error.details
        try:
            quote = self.quote([order.external_product_id]).get(order.external_product_id)
        except OrionError:
            return PurchaseRefused(str(error), details=details)
        if quote is None:
            return _gone(details)
        may_be_early = quote.is_preorder and order.allow_preorder
        if quote.available < order.quantity and not may_be_early:
            message = _lt("CodesWholesale has %(count)s of them left.", count=quote.available)
            return StockShort(message, details=details)
        price = quote.unit_price(order.quantity)
        if price != order.unit_price:
            message = _lt(
                "The price at CodesWholesale is %(price)s now, not %(expected)s.",
                price=str(price),
                expected=str(order.unit_price),
            )
            return PriceMoved(message, details=details)
        return PurchaseRefused(str(error), details=details)

    # === LOOKING === #

    def quote(self, external_ids: Sequence[str]) -> dict[str, Quote]:
        """Today's price and stock; products that are gone, or have no such id, are absent."""
        quotes = {}
        for external_id in dict.fromkeys(external_ids):
            try:
                record = self._client.product(external_id)
            except RefusedRequest as error:
                if error.refusal.status not in _NO_PRODUCT:
                    raise
                continue
            quote = self._quote(external_id, record)
            if quote.bands:
                quotes[external_id] = quote
        return quotes

    def _quote(self, external_id: str, record: Mapping[str, Any]) -> Quote:
        return Quote(
            external_id=external_id,
            available=max(0, number_of(record, "quantity") or 0),
            bands=bands_of(record),
            currency=CURRENCY,
            is_preorder=not is_released(moment_of(record, "releaseDate"), self._now()),
            regions=texts_of(record, "regions"),
        )

    def fetch_purchase(self, supplier_order_id: str) -> PurchaseData:
        """An order with its codes."""
        return map_order(self._client.order(supplier_order_id))

    def fetch_code(self, external_id: str) -> PurchasedCode:
        """One code, of a pre-order that may be out by now."""
        return map_code(self._client.code(external_id))

    def balance(self) -> Balance:
        """What can be spent."""
        record = self._client.account()
        amount = amount_of(record, "currentBalance") or Decimal(0)
        credit = amount_of(record, "currentCredit") or Decimal(0)
        usable = amount_of(record, "totalToUse")
        return Balance(amount, credit, amount + credit if usable is None else usable, CURRENCY)

    def invoice(self, supplier_order_id: str) -> InvoiceData | None:
        """The invoice of an order; None while there is none, or none that is a PDF."""
        try:
            record = self._client.invoice(supplier_order_id)
        except RefusedRequest as error:
            if error.refusal.status == 404:
                return None
            raise
        try:
            pdf = base64.b64decode(text_of(record, "body"), validate=True)
        except (binascii.Error, ValueError):
            return None
        number = text_of(record, "invoiceNo")
        return InvoiceData(number, pdf) if number and pdf.startswith(b"%PDF") else None

    def assess(self, buyer: Buyer) -> FraudScore | None:
        """The risk of a buyer; None where too little is known of one, or it is not told."""
        if not (buyer.email and buyer.ip_address):
            return None
        given = {
            "customerEmail": buyer.email,
            "customerIpAddress": buyer.ip_address,
            "customerPaymentEmail": buyer.payment_email,
            "customerUserAgent": buyer.user_agent,
        }
        try:
            record = self._client.security({name: text for name, text in given.items() if text})
        except RefusedRequest:
            return None
        score = amount_of(record, "riskScore")
        signs = tuple(sign for name, sign in _SIGNS.items() if record.get(name) is True)
        return None if score is None else FraudScore(score, signs)


def _not_told(request: OperationRequest, error: OrionError) -> OperationResult:
    message = _lt("CodesWholesale does not tell whether it was bought. It is asked again.")
    return OperationResult(request.reference, error=UnknownOutcome(message, details=error.details))


def _gone(details: Mapping[str, Any]) -> ProductGone:
    return ProductGone(_lt("CodesWholesale does not sell this product any more."), details=details)
