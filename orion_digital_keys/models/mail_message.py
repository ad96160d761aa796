from odoo import models


class MailMessage(models.Model):
    """What people put into a message of an order later, whichever way."""

    _inherit = "mail.message"

    def write(self, vals):
        if vals.get("body"):
            order_ids = [one.res_id for one in self.sudo() if one.model == "sale.order"]
            orders = self.env["sale.order"].sudo().browse(order_ids)
            if orders.orion_piece_ids:
                vals = {**vals, "body": orders._without_keys(vals["body"])}
        return super().write(vals)
