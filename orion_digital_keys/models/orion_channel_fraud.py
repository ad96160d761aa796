from odoo import models

from ..lib.keys_adapter import Buyer


class OrionChannel(models.Model):
    """Who is too risky, or where a key must not be activated, gets none by itself."""

    _inherit = "orion.channel"

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

    def _hold_risky(self, pieces, scores):
        """Hold the whole orders of risky buyers, as far as nothing has left: keys of the pool that
        were reserved for them go back.

        :param scores: `{order id: FraudScore or None}`
        :return: those of `pieces` that are held
        """
        risky = pieces.filtered(
            lambda piece: (
                not piece.is_released
                and (score := scores.get(piece.order_id.id)) is not None
                and score.score > self.key_fraud_limit
            )
        )
        orders = risky.order_id
        waiting = (orders.orion_piece_ids - pieces).filtered(lambda p: p.state == "waiting")
        # what somebody is sending at this moment has left
        reserved = orders._orion_take_for_sending().orion_piece_ids.filtered(
            lambda piece: piece.state == "claimed"
        )
        unsent = (waiting | reserved).filtered(lambda piece: not piece.is_released)
        keys = unsent.key_id
        (risky | unsent)._hold("fraud")
        unsent.write({"key_id": False, "claimed_at": False})
        keys._release()
        for order in orders:
            self._say_risky(order, scores[order.id])
        return risky

    def _say_risky(self, order, score):
        order._message_log(
            body=order._orion_for_reader().env._(
                "Keys held: %(supplier)s gives the buyer a risk of %(score)s. %(signs)s",
                supplier=self.name,
                score=score.score,
                signs=", ".join(score.signs),
            )
        )

    def _note_unchecked(self, purchases, scores):
        """Bought although the supplier could say nothing of the buyer: that is told."""
        for order in purchases.piece_ids.order_id:
            if scores.get(order.id, 0) is None:
                order._message_log(
                    body=order._orion_for_reader().env._(
                        "The buyer was not checked: %(supplier)s needs the e-mail and the address "
                        "of the computer of who ordered, and they are not known. The keys are "
                        "bought all the same.",
                        supplier=self.name,
                    )
                )

    # === COUNTRIES === #

    def _hold_regional(self, pieces, offers, quotes):
        """Hold what the supplier, by its own words of today, does not sell for the customer's
        country.

        :return: those of `pieces` that are held
        """
        limited = {
            external_id: countries
            for external_id, quote in quotes.items()
            if quote and (countries := self._key_countries(quote.regions))
        }
        held = pieces.filtered(
            lambda piece: (
                not piece.is_released
                and (allowed := limited.get(offers.get(piece.product_id.id, {}).get("external_id")))
                and piece._country_problem(allowed)
            )
        )
        held._hold("supplier_region")
        return held

    def _key_countries(self, regions):
        """Where a key can be activated, by the supplier's own words; no country for everywhere,
        and where nobody knows the words. A supplier's addon says.

        :param regions: tuple of texts, of a quote
        """
        self.ensure_one()
        del regions
        return self.env["res.country"]
