from odoo import api, models


class OrionDashboard(models.AbstractModel):
    _inherit = "orion.dashboard"

    @api.model
    def _dashboard_data(self, channels):
        """Cards with the unknown products that wait for somebody."""
        cards = super()._dashboard_data(channels)
        products = self.env["orion.unknown.product"]
        waiting = products._count_by("channel_id", [("channel_id", "in", channels.ids)])
        for channel in channels:
            figures = cards[channel.id]["figures"]
            names = [figure["name"] for figure in figures]
            place = names.index("waiting") if "waiting" in names else len(figures)
            figures.insert(
                place,
                self._figure(
                    "exceptions",
                    self.env._("Unknown Products"),
                    waiting.get(channel, 0),
                    "orion_order_exceptions.action_orion_order_exception",
                    [("channel_id", "=", channel.id)],
                    "warning",
                ),
            )
        return cards
