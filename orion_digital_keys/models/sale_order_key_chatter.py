from odoo import models

from .. import vault


class SaleOrder(models.Model):
    """Answers to the e-mail with the keys quote it: they must not bring keys into the chatter."""

    _inherit = "sale.order"

    def message_post(self, **kwargs):
        if kwargs.get("body") and self.sudo().orion_piece_ids:
            kwargs["body"] = self._without_keys(kwargs["body"])
        return super().message_post(**kwargs)

    def _message_update_content(self, message, /, *, body, **kwargs):
        """What people put into a message later."""
        if body and self.sudo().orion_piece_ids:
            body = self._without_keys(body)
        return super()._message_update_content(message, body=body, **kwargs)

    def _without_keys(self, body):
        """`body` with the keys that were ever given for these orders masked, wherever they are."""
        keys = self.env["orion.digital.key"].sudo()
        given = keys.search([("piece_id.order_id", "in", self.ids), ("value", "!=", False)])
        return vault.mask_in(given, body)
