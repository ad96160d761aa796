from odoo import fields, models


class OrionChannel(models.Model):
    """The exceptions of a channel."""

    _inherit = "orion.channel"

    exception_count = fields.Integer(string="Unknown Products", compute="_compute_exception_count")

    def _compute_exception_count(self):
        products = self.env["orion.unknown.product"]
        counts = products._count_by("channel_id", [("channel_id", "in", self.ids)])
        for channel in self:
            channel.exception_count = counts.get(channel, 0)

    def action_open_exceptions(self):
        """The unknown products of this channel."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "orion_order_exceptions.action_orion_order_exception"
        )
        return {**action, "domain": [("channel_id", "in", self.ids)]}
