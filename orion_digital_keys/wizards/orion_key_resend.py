from odoo import api, fields, models


class OrionKeyResend(models.TransientModel):
    """Asks where the keys of an order are sent again."""

    _name = "orion.key.resend"
    _inherit = ["orion.key.dialog"]
    _description = "Send Keys Again"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    email = fields.Char(
        string="To",
        required=True,
        compute="_compute_email",
        store=True,
        readonly=False,
        precompute=True,
        help="The address of the last time. To send elsewhere takes a Marketplace Manager.",
    )
    sent_to = fields.Char(compute="_compute_sent_to", string="Last Sent To")

    @api.depends("order_id")
    def _compute_email(self):
        for wizard in self:
            last = wizard.order_id.orion_piece_ids._shown()._last_sent_to()
            wizard.email = wizard.email or last or wizard.order_id._orion_key_address()

    @api.depends("order_id")
    def _compute_sent_to(self):
        for wizard in self:
            addresses = wizard.order_id.orion_piece_ids._shown().mapped("sent_to")
            wizard.sent_to = ", ".join(dict.fromkeys(filter(None, addresses)))

    def action_send(self):
        """Send them."""
        self.ensure_one()
        return self._close_dialog(self.order_id.orion_resend_keys(email=self.email)["message"])
