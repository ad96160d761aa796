from odoo import models


class OrionChannel(models.Model):
    """What `get_status` says of a channel's orders."""

    _inherit = "orion.channel"

    def _status_counts(self):
        """Orders by status, and order lines that wait for a product."""
        counts = super()._status_counts()
        orders = self.env["sale.order"].sudo()
        states = [state for state, _label in orders._fields["orion_status"].selection]
        for channel in self:
            counts[channel.id]["orders"] = dict.fromkeys(states, 0)
            counts[channel.id]["exceptions"] = {"pending": 0}
        for channel, status, count in orders._read_group(
            [("orion_channel_id", "in", self.ids), ("orion_status", "!=", False)],
            ["orion_channel_id", "orion_status"],
            ["__count"],
        ):
            counts[channel.id]["orders"][status] = count
        for order, count in orders.env["sale.order.line"]._read_group(
            [
                ("order_id.orion_channel_id", "in", self.ids),
                ("orion_needs_product_match", "=", True),
                ("order_id.state", "!=", "cancel"),
            ],
            ["order_id"],
            ["__count"],
        ):
            counts[order.orion_channel_id.id]["exceptions"]["pending"] += count
        return counts
