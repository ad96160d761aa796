from odoo import models


class OrionDigitalPiece(models.Model):
    """Pieces that a credit note had taken back."""

    _inherit = "orion.digital.piece"

    def _sell_again(self, is_paid):
        """Who has a key may use it as before.

        :param is_paid: those without a key wait for one; else a person lets them go
        """
        self.write({"is_credited": False})
        given = self.filtered("key_id")
        given.write({"state": "delivered"})
        given.key_id.write({"state": "delivered"})
        rest = self - given
        if is_paid:
            rest._wait(None)
        else:
            rest._hold("credit_withdrawn")
        for order, pieces in self.grouped("order_id").items():
            order._message_log(
                body=order._orion_for_reader().env._(
                    "No credit note takes these keys back any more: %(count)s. Those that were "
                    "sent are valid as before.",
                    count=len(pieces),
                )
            )
        self.env["orion.demand"]._note_changed(self.product_id.ids)
