import secrets
from datetime import timezone
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.orion_base.engine.wake import wake_workers

from ..lib.errors import BalanceTooLow, ProductGone, StockShort
from ..lib.keys_adapter import VERB, PurchaseOrder
from ..lib.purchasing import after_refusal
from .orion_key_purchase_tell import TWICE

#: States in which a purchase may still be sent.
UNSETTLED = ("ordering", "unknown")


class OrionKeyPurchase(models.Model):
    """Phase one: the intent, and what the supplier says to it."""

    _inherit = "orion.key.purchase"

    # === BUSINESS: intent === #

    @api.model
    def _intend(self, offer, pieces, decision):
        """Write down what is bought, and put it in the queue: nobody calls before it is committed.

        :param offer: one `orion.key.offer`
        :param pieces: of one sold line, locked
        :param decision: `lib.purchasing.Buy`
        """
        order = pieces.order_id
        purchase = self.create(
            {
                # random, so that a database restored from a copy never uses one again
                "reference": f"{order.name}-{secrets.token_hex(5)}".replace("/", "-"),
                "channel_id": offer.channel_id.id,
                "offer_id": offer.id,
                "product_id": offer.product_id.id,
                "external_product_id": offer.external_id,
                "quantity": decision.quantity,
                "unit_price": float(decision.unit_price),
                "currency_id": offer.currency_id.id,
                "allow_preorder": decision.is_preorder,
                "state": "ordering",
            }
        )
        for piece in pieces:
            piece.attempts += 1
        pieces.write(
            {
                "state": "ordered",
                "purchase_id": purchase.id,
                "reason": False,
                "try_at": False,
                "buy_at": False,
            }
        )
        purchase.operation_id = purchase._enqueue_order(decision.unit_price)
        # else marketplaces are told of what is sold, until the catalogue is read again
        offer._note_ordered(decision.quantity)
        return purchase

    def _enqueue_order(self, unit_price):
        self.ensure_one()
        payload = PurchaseOrder(
            self.reference,
            self.external_product_id,
            self.quantity,
            unit_price,
            self.allow_preorder,
            self.create_date.replace(tzinfo=timezone.utc),
        ).as_payload()
        return self.env["orion.operation"]._enqueue(
            self.channel_id,
            VERB,
            [
                {
                    "idempotency_key": f"{VERB}:{self.reference}",
                    "payload": payload,
                    "record": self,
                    "reference": self.reference,
                }
            ],
        )

    def _reason_not_to_send(self):
        """Why this purchase must not leave (any more), or None; asked before each sending."""
        self.ensure_one()
        if self.state == "cancelled":
            return self.env._(
                "%(reference)s was given up. Release its pieces under Digital Keys: they are "
                "bought anew, or get keys of the pool.",
                reference=self.reference,
            )
        if self.state not in UNSETTLED:
            return self.env._(
                "%(reference)s is settled: its pieces have their keys, or are bought under "
                "another reference.",
                reference=self.reference,
            )
        if not self.piece_ids.filtered(lambda piece: piece.state == "ordered"):
            return self.env._(
                "Nobody waits for %(reference)s any more: the order was cancelled or refunded.",
                reference=self.reference,
            )
        return None

    # === BUSINESS: what the supplier said === #

    @api.model
    def _orion_operations_done(self, operations):
        """Take over how the purchases ended; idempotent."""
        for found in operations:
            channel = found.channel_id._for_key_reader()
            operation = found.with_env(channel.env)
            purchase = self.with_env(channel.env).sudo().browse(operation.res_id).exists()
            if purchase.state in UNSETTLED:
                purchase._take_answer(operation)
            elif operation.status == "completed" and purchase and not purchase.supplier_order_id:
                # bought and paid, whatever we took it for meanwhile
                purchase._take_back_pieces()
                purchase._take_ordered(operation.response_data or {})

    def _take_answer(self, operation):
        self.ensure_one()
        if operation.status == "completed":
            self._take_ordered(operation.response_data or {})
        elif operation.status == "failed":
            self._take_refusal(operation)
        elif operation.status == "cancelled":
            self._take_cancelled(operation)
        elif operation.status == "unknown":
            self.state = "unknown"

    def _take_ordered(self, answer):
        """The supplier has the order: its codes are collected from now on."""
        self.write(
            {
                "state": "waiting",
                "supplier_order_id": answer.get("supplier_order_id"),
                "cost": float(answer.get("total") or 0.0),
                "check_at": fields.Datetime.now(),
                "check_count": 0,
            }
        )
        also = answer.get("also_bought")
        if also:
            self._note_bought_twice(also)
        wake_workers(self.env)

    def _note_bought_twice(self, order_ids):
        """Money was spent for which no key is fetched."""
        text = self.env._(
            "The supplier has this purchase more than once. Keys are fetched from the order "
            "%(order)s. Claim the money of these back, or fetch their keys on the supplier's pages "
            "and import them: %(others)s.",
            order=self.supplier_order_id,
            others=", ".join(map(str, order_ids)),
        )
        self.write({"reason": TWICE, "reason_text": text})
        self._tell(TWICE)

    def _take_back_pieces(self):
        """Those that are still held for these purchases are theirs again; others may have another
        key by now."""
        self.piece_ids.filtered(
            lambda piece: piece.state == "held" and piece.reason == "purchase_failed"
        ).write({"state": "ordered", "reason": False})

    def _expected_cost(self):
        """`Decimal`: what these cost at the prices that were told to the supplier."""
        return sum(
            (Decimal(str(round(one.unit_price, 4))) * one.quantity for one in self), Decimal(0)
        )

    def _take_refusal(self, operation):
        """Nothing was bought: the pieces wait, and what follows stands in `lib.purchasing`."""
        pieces = self._ordered_pieces()
        attempts = max(pieces.mapped("attempts"), default=0)
        following = after_refusal(operation.error_code or "", attempts)
        self._fail(operation.error_code, operation._said_error() or "")
        if operation.error_code == ProductGone.code:
            self.offer_id._note({"available": 0, "is_gone": True})
        elif operation.error_code != StockShort.code:
            self.offer_id._note_ordered(-self.quantity)
        if operation.error_code == BalanceTooLow.code:
            self.channel_id._doubt_balance()
        if not following.counts:
            for piece in pieces:
                piece.attempts -= 1
        if following.hold:
            self._give_up_for_now(pieces)
            return
        pieces._wait(following.reason, again=following.at_once)
        if following.tell and pieces:
            self._tell(following.reason)

    def _give_up_for_now(self, pieces):
        """Nothing is bought again for these before a person has looked and let them go: what
        failed like this once costs money each time."""
        pieces._hold("purchase_failed")
        if pieces:
            self._tell("purchase_failed")

    def _take_cancelled(self, operation):
        """A person gave the operation up. What was sent may have been bought: its pieces are
        held, and a person says whether they are bought anew."""
        pieces = self._ordered_pieces()
        self.write({"state": "cancelled", "reason": False, "reason_text": operation.cancel_reason})
        pieces._hold("purchase_failed")

    def _take_up_again(self):
        """Purchases that were given up while nobody knew their outcome are asked about. The
        pieces that are still held for them are theirs again; others may have another key."""
        given_up = self.exists().filtered(lambda purchase: purchase.state == "cancelled")
        given_up._take_back_pieces()
        given_up.write({"state": "unknown", "reason_text": False})

    def _fail(self, code, text):
        self.write({"state": "failed", "reason": code, "reason_text": text, "check_at": False})

    def _ordered_pieces(self):
        return self.piece_ids.filtered(lambda piece: piece.state == "ordered")
