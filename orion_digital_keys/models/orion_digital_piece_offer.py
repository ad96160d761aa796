from odoo import fields, models

from odoo.addons.orion_base.engine.wake import wake_workers
from odoo.addons.orion_base.lib.errors import UnknownOutcome

from .orion_digital_piece_buy import PUT_OFF_MINUTES

#: Before a supplier is asked again that did not answer; one that refused is asked later.
HICCUP_MINUTES = 2


class OrionDigitalPiece(models.Model):
    """Pieces, and what suppliers say of them."""

    _inherit = "orion.digital.piece"

    def _wanted_of(self, offers):
        """For `lib.purchasing.is_money_short`.

        :param offers: `{product id: {external_id}}`
        """
        return [
            (offers[piece.product_id.id]["external_id"], piece.reason == "balance_too_low")
            for piece in self
            if piece.product_id.id in offers
        ]

    def _answered(self, channel, offers, quotes, scores):
        """Those about which the supplier has said what has to be known. Those that it did not
        answer are put off, so that they keep nobody from the others.

        :param quotes: `lib.asking.Answers` by the supplier's id
        :param scores: the same by id of order
        """
        answered, refused, hiccups = self.browse(), self.browse(), self.browse()
        for piece in self:
            external_id = offers.get(piece.product_id.id, {}).get("external_id")
            error = quotes.errors.get(external_id) or scores.errors.get(piece.order_id.id)
            if isinstance(error, UnknownOutcome):
                hiccups |= piece
            elif error:
                refused |= piece
            elif (external_id is None or quotes.covers(external_id)) and (
                piece.is_released or scores.covers(piece.order_id.id)
            ):
                answered |= piece
        refused._put_off_buying(PUT_OFF_MINUTES)
        hiccups._put_off_buying(HICCUP_MINUTES)
        return answered

    def _was_refused_for_money(self):
        """Whether the supplier has refused to sell these because of the balance, which has not
        risen since."""
        return any(
            piece.reason == "balance_too_low" and piece.purchase_id.reason == "balance_too_low"
            for piece in self
        )

    def _try_elsewhere(self, offer):
        """What this offer does not give is asked for at once at another supplier that seems to
        sell it at an accepted price."""
        if not self or offer._is_ready():
            return
        best = offer._best(offer.product_id, offer.company_id).get(offer.product_id)
        if best and best.channel_id != offer.channel_id and best._is_ready():
            self.write({"buy_at": fields.Datetime.now(), "supplier_id": best.channel_id.id})
            wake_workers(self.env)
