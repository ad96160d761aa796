from markupsafe import Markup

from odoo import models

from .. import vault


class SaleOrder(models.Model):
    """Answers to the e-mail with the keys quote it: they must not bring keys into the chatter."""

    _inherit = "sale.order"

    def message_post(self, **kwargs):
        if kwargs.get("body") and self.sudo().orion_piece_ids.key_id:
            kwargs["body"] = self._without_keys(kwargs["body"])
        return super().message_post(**kwargs)

    def _without_keys(self, body):
        """`body` with the keys of this order masked, wherever they stand."""
        safe = str(body)
        keys = self.env["orion.digital.key"].sudo()
        found = keys.search([("piece_id.order_id", "in", self.ids), ("kind", "!=", "image")])
        for key in found:
            plain = vault.open_key(key)
            for written in {plain, str(Markup.escape(plain))}:
                safe = safe.replace(written, key.masked)
        return type(body)(safe)
