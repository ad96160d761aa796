from odoo import api, models


class OrionDashboard(models.AbstractModel):
    _inherit = "orion.dashboard"

    @api.model
    def _dashboard_data(self, channels):
        """Cards with the exceptions that wait for somebody."""
        cards = super()._dashboard_data(channels)
        exceptions = self.env["orion.order.exception"]
        waiting = {
            channel.id: count
            for channel, count in exceptions._read_group(
                [*exceptions._pending_domain(), ("channel_id", "in", channels.ids)],
                ["channel_id"],
                ["__count"],
            )
        }
        for channel in channels:
            figures = cards[channel.id]["figures"]
            names = [figure["name"] for figure in figures]
            place = names.index("waiting") if "waiting" in names else len(figures)
            figures.insert(
                place,
                self._figure(
                    "exceptions",
                    self.env._("Unknown Products"),
                    waiting.get(channel.id, 0),
                    "orion_order_exceptions.action_orion_order_exception",
                    [("channel_id", "=", channel.id), ("status", "=", "pending")],
                    "warning",
                ),
            )
        return cards
