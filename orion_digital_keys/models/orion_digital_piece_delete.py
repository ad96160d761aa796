from odoo import models
from odoo.exceptions import UserError


class OrionDigitalPiece(models.Model):
    """Pieces go with their lines as long as nothing was given for them."""

    _inherit = "orion.digital.piece"

    def _unlink_unused(self):
        """Delete pieces for which nothing was given or bought.

        :raise UserError: when something was
        """
        keys = self.env["orion.digital.key"].sudo()
        given = keys.search([("piece_id", "in", self.ids)]).piece_id
        used = self.filtered(lambda piece: piece.key_id or piece.purchase_id) | given
        if used:
            raise UserError(
                self.env._(
                    "Keys were given or bought for %(orders)s, which proves what was delivered. "
                    "Leave it cancelled instead of deleting it.",
                    orders=", ".join(used.order_id.mapped("name")),
                )
            )
        self.unlink()
