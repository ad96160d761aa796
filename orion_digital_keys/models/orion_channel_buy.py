from odoo import fields, models

from odoo.addons.orion_base.lib.errors import Rejected
from odoo.addons.orion_base.lib.job import PAUSE, JobStep

from ..lib.keys_adapter import Buyer
from ..lib.purchasing import Wait, decide

#: Pieces that are looked at in one step.
BUY_CHUNK = 100


class OrionChannel(models.Model):
    """Deciding what is bought at a supplier."""

    _inherit = "orion.channel"

    def _buy_steps(self, adapter):
        """Ask for today's prices of what waits, and write down what is bought at them.

        Nothing is called while rows are locked: prices and buyers are asked for first.
        """
        while True:
            pieces = self._pieces_to_buy()
            if not pieces:
                return
            offers = self._offers_of(pieces)
            buyers = self._buyers_of(pieces)
            piece_ids = pieces.ids
            yield PAUSE
            external_ids = sorted({offer["external_id"] for offer in offers.values()})
            try:
                quotes = dict(adapter.quote(external_ids)) if external_ids else {}
                scores = {order_id: adapter.assess(buyer) for order_id, buyer in buyers.items()}
            except Rejected as error:
                # else the same question is asked at once again, for ever
                self.env["orion.digital.piece"]._lock_to_buy(piece_ids)._put_off_buying()
                yield JobStep(
                    processed=len(piece_ids),
                    failed=len(piece_ids),
                    errors=({"message": error.message},),
                )
                continue
            made = self._buy(piece_ids, offers, quotes, scores)
            yield JobStep(
                processed=len(piece_ids),
                succeeded=len(piece_ids),
                counts={"purchases_made": len(made)},
            )

    def _pieces_to_buy(self):
        return self.env["orion.digital.piece"].search(
            [
                ("supplier_id", "=", self.id),
                ("state", "=", "waiting"),
                ("buy_at", "<=", fields.Datetime.now()),
            ],
            limit=BUY_CHUNK,
        )

    def _offers_of(self, pieces):
        """`{product id: {id, external_id}}` of this supplier's offers, as plain values."""
        offers = self.env["orion.key.offer"].search(
            [("channel_id", "=", self.id), ("product_id", "in", pieces.product_id.ids)]
        )
        result = {}
        for offer in offers:
            result.setdefault(
                offer.product_id.id, {"id": offer.id, "external_id": offer.external_id}
            )
        return result

    def _buyers_of(self, pieces):
        """`{order id: Buyer}` that the supplier is asked about."""
        if not self.key_fraud_check:
            return {}
        orders = pieces.filtered(lambda piece: not piece.is_released).order_id
        return {
            order.id: Buyer(
                email=order.orion_customer_email or order.partner_id.email or "",
                ip_address=order.orion_customer_ip or "",
            )
            for order in orders
        }

    def _buy(self, piece_ids, offers, quotes, scores):
        """Write the intents, and what waits instead; one purchase a sold line.

        Pieces that another worker, or a person, has taken meanwhile are left out.
        """
        pieces = self.env["orion.digital.piece"]._lock_to_buy(piece_ids)
        self._note_quotes(offers, quotes)
        risky = self._hold_risky(pieces, scores)
        purchases = self.env["orion.key.purchase"]
        for line, sold in (pieces - risky).grouped("sale_line_id").items():
            known = offers.get(line.product_id.id)
            offer = self.env["orion.key.offer"].browse(known["id"] if known else ())
            quote = quotes.get(offer.external_id) if offer else None
            decision = decide(
                quote,
                len(sold),
                offer._maximum_decimal() if offer else None,
                offer.allow_preorder,
            )
            if isinstance(decision, Wait):
                sold._wait_to_buy(decision.reason if offer else "no_offer")
                continue
            bought, rest = sold[: decision.quantity], sold[decision.quantity :]
            rest._wait_to_buy("out_of_stock")
            purchases |= purchases._intend(offer, bought, decision)
        return purchases

    def _hold_risky(self, pieces, scores):
        limit = self.key_fraud_limit
        risky = pieces.filtered(
            lambda piece: (
                not piece.is_released
                and (score := scores.get(piece.order_id.id)) is not None
                and score.score > limit
            )
        )
        risky._hold("fraud")
        for order in risky.order_id:
            score = scores[order.id]
            order._message_log(
                body=self.env._(
                    "Keys held: %(supplier)s gives the buyer a risk of %(score)s. %(signs)s",
                    supplier=self.name,
                    score=score.score,
                    signs=", ".join(score.signs),
                )
            )
        return risky

    def _note_quotes(self, offers, quotes):
        """What the supplier says now is what our offers say from now on."""
        now = fields.Datetime.now()
        currencies = self._currencies_of(quotes)
        for values in offers.values():
            offer = self.env["orion.key.offer"].browse(values["id"])
            quote = quotes.get(values["external_id"])
            price = quote.unit_price(1) if quote else None
            news = {
                "available": quote.available if quote else 0,
                "is_preorder": bool(quote and quote.is_preorder),
                "updated_at": now,
            }
            if price is not None:
                news["unit_price"] = float(price)
            currency = currencies.get(quote.currency if quote else None)
            if currency:
                news["currency_id"] = currency
            offer._note(news)

    def _currencies_of(self, quotes):
        """`{ISO 4217: res.currency}` of prices: a supplier's are in its own, whatever the
        company's is."""
        names = {quote.currency for quote in quotes.values() if quote and quote.currency}
        found = self.env["res.currency"].with_context(active_test=False)
        currencies = found.search([("name", "in", sorted(names))])
        currencies.filtered(lambda currency: not currency.active).sudo().active = True
        return {currency.name: currency for currency in currencies}
