from odoo import fields, models


class OrionKeyReplace(models.TransientModel):
    """Asks why a key is replaced."""

    _name = "orion.key.replace"
    _inherit = ["orion.key.reason"]
    _description = "Replace a Defective Key"

    piece_id = fields.Many2one("orion.digital.piece", required=True, readonly=True)
    product_id = fields.Many2one(related="piece_id.product_id", related_sudo=False)
    order_id = fields.Many2one(related="piece_id.order_id", related_sudo=False)
    key_id = fields.Many2one(related="piece_id.key_id", related_sudo=False, string="Defective Key")
    first_seen_at = fields.Datetime(related="piece_id.first_seen_at", related_sudo=False)
    reason = fields.Char(help="What is wrong with it, as the customer says.")

    def action_replace(self):
        """Lock the key, and give and send another one."""
        self.ensure_one()
        return self._close_dialog(self.piece_id.replace_key(reason=self.reason)["message"])

    def _orders(self):
        return self.piece_id.sudo().order_id
