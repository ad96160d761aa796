from markupsafe import escape

from odoo import models

from .. import vault


class SaleOrder(models.Model):
    """Answers to the e-mail with the keys quote it: they must not bring keys into the chatter."""

    _inherit = "sale.order"

    def message_post(self, **kwargs):
        if kwargs.get("body") and self.sudo().orion_piece_ids:
            kwargs["body"] = self._without_keys(kwargs["body"])
        return super().message_post(**kwargs)

    def _without_keys(self, body):
        """`body` with the keys that were ever given for this order masked, wherever they stand.

        Only keys whose beginning occurs are opened.
        """
        safe = str(body)
        keys = self.env["orion.digital.key"].sudo()
        for key in keys.search([("piece_id.order_id", "in", self.ids), ("kind", "!=", "image")]):
            beginning = key.masked.rstrip("*")
            if str(escape(beginning)) in safe or beginning in safe:
                plain = vault.open_key(key)
                for written in (plain, str(escape(plain))):
                    safe = safe.replace(written, key.masked)
        return type(body)(safe)
