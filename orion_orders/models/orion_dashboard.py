from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.orion_base.models.orion_dashboard import GRAPH_DAYS


class OrionDashboard(models.AbstractModel):
    _inherit = "orion.dashboard"

    @api.model
    def _dashboard_data(self, channels):
        """Cards with the orders of today, and those that wait for a decision."""
        cards = super()._dashboard_data(channels)
        today = self._start_of_today()
        figures = self._order_figures(channels, today)
        for channel in channels:
            numbers = figures[channel.id]
            cards[channel.id]["figures"][:0] = [
                self._figure(
                    "orders_today",
                    self.env._("Orders Today"),
                    numbers["today"],
                    "orion_orders.action_orion_order",
                    [("orion_channel_id", "=", channel.id), ("date_order", ">=", str(today))],
                    "success",
                ),
                self._figure(
                    "orders_to_confirm",
                    self.env._("To Confirm"),
                    numbers["undecided"],
                    "orion_orders.action_orion_order_to_confirm",
                    [("orion_channel_id", "=", channel.id)],
                    "primary",
                ),
            ]
        return cards

    @api.model
    def _graphs(self, channels):
        """Orders per day of those that sell, by their date at the marketplace, refused and
        cancelled ones left out."""
        graphs = super()._graphs(channels)
        selling = channels.filtered(lambda channel: channel._adapter_class("orders") is not None)
        since = self._start_of_today() - timedelta(days=GRAPH_DAYS - 1)
        groups = self.env["sale.order"]._read_group(
            [
                ("orion_channel_id", "in", selling.ids),
                ("date_order", ">=", since),
                ("state", "!=", "cancel"),
            ],
            ["orion_channel_id", "date_order:day"],
            ["__count"],
        )
        sums = {
            (channel.id, fields.Date.to_string(moment.date())): count
            for channel, moment, count in groups
        }
        for channel in selling:
            graphs[channel.id] = {
                "label": self.env._("Orders per day"),
                "days": [
                    {**day, "good": sums.get((channel.id, day["date"]), 0), "bad": 0}
                    for day in graphs[channel.id]["days"]
                ],
            }
        return graphs

    @api.model
    def _start_of_today(self):
        """Naive UTC time at which the user's day began."""
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight.astimezone(timezone.utc).replace(tzinfo=None)

    @api.model
    def _order_figures(self, channels, today):
        """`{channel id: {"today": n, "undecided": n}}` in two queries."""
        figures = {channel_id: {"today": 0, "undecided": 0} for channel_id in channels.ids}
        orders = self.env["sale.order"]
        of_channels = Domain("orion_channel_id", "in", channels.ids)
        for name, domain in (
            ("today", Domain("date_order", ">=", today)),
            ("undecided", Domain("orion_to_decide", "=", True)),
        ):
            for channel, count in orders._read_group(
                of_channels & domain, ["orion_channel_id"], ["__count"]
            ):
                figures[channel.id][name] = count
        return figures
