from odoo import fields, models


class OrionKeyRelease(models.TransientModel):
    """Asks why held keys may be let go."""

    _name = "orion.key.release"
    _inherit = ["orion.key.reason"]
    _description = "Release Held Keys"

    piece_ids = fields.Many2many("orion.digital.piece", required=True, readonly=True)
    reason = fields.Char(help="What you have found out; it is noted on the order.")

    def action_release(self):
        """Let them go: they are given from the pool, or bought."""
        self.ensure_one()
        count = self.piece_ids.release(reason=self.reason)["released"]
        return self._close_dialog(
            self.env._("Keys released: %(count)s. They are given in a moment.", count=count)
        )

    def _orders(self):
        return self.piece_ids.sudo().order_id
