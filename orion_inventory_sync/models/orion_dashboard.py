from odoo import api, fields, models

ACTION = "orion_inventory_sync.action_orion_inventory"


class OrionDashboard(models.AbstractModel):
    _inherit = "orion.dashboard"

    @api.model
    def _dashboard_data(self, channels):
        """Cards with what is on its way, how far behind, what failed, what is sold out, and
        drift."""
        cards = super()._dashboard_data(channels)
        sending = channels.filtered("stock_sync_enabled")
        counts = self._stock_counts(sending)
        oldest = self.env["orion.health"]._oldest_stock(sending)
        lags = self.env["orion.health"]._stock_lags(sending, oldest)
        for channel in sending:
            lag = lags[channel.id]
            counts[channel.id, "lag"] = round(lag.value / 60)
            cards[channel.id]["figures"] += self._stock_figures(channel, counts)
            cards[channel.id]["problems"] += self._stock_problems(
                None if lag.ok else oldest[channel.id]
            )
        storefronts = channels.filtered(lambda one: one.marketplace == "storefront")
        for company, shops in storefronts.grouped("company_id").items():
            figure = self._own_stock_figure(company)
            for channel in shops:
                cards[channel.id]["figures"].append(figure)
        return cards

    @api.model
    def _stock_counts(self, channels):
        """`{(channel id, name): number}` of listings, and percent refused; in three queries."""
        listings = self.env["orion.listing"]
        counts = {
            (channel.id, status): count
            for channel, status, count in listings._read_group(
                [("channel_id", "in", channels.ids), ("stock_status", "in", ("pending", "error"))],
                ["channel_id", "stock_status"],
                ["__count"],
            )
        }
        for channel, count in listings._read_group(
            [("channel_id", "in", channels.ids), *self._sold_out_domain()],
            ["channel_id"],
            ["__count"],
        ):
            counts[channel.id, "zero"] = count
        for channel_id, share in self.env["orion.health"]._stock_refusals(channels).items():
            counts[channel_id, "refused"] = round(100 * share, 1)
        return counts

    @api.model
    def _sold_out_domain(self):
        return [("stock_queued_quantity", "=", 0), ("stock_status", "in", ("told", "pending"))]

    @api.model
    def _stock_figures(self, channel, counts):
        def figure(name, label, domain, tone, value=None):
            return self._figure(
                f"stock_{name}",
                label,
                counts.get((channel.id, name), 0) if value is None else value,
                ACTION,
                [("channel_id", "=", channel.id), *domain],
                tone,
            )

        pending, error = [("stock_status", "=", "pending")], [("stock_status", "=", "error")]
        drift = [("stock_drift", "!=", 0)]
        figures = [
            figure("pending", self.env._("Stock on Its Way"), pending, "info"),
            figure("lag", self.env._("Minutes Behind"), pending, "warning"),
            figure("refused", self.env._("Percent Refused"), error, "danger"),
            figure("error", self.env._("Stock Errors"), error, "danger"),
            figure("zero", self.env._("At Zero"), self._sold_out_domain(), "warning"),
        ]
        if channel.stock_read_at:
            count = channel.stock_drift_count
            figures.append(figure("drift", self.env._("Drift"), drift, "warning", count))
        return figures

    @api.model
    def _stock_problems(self, late):
        """Says since when a channel waits for stock.

        :param late: time, or None where it is not too long
        """
        if late is None:
            return []
        since = fields.Datetime.context_timestamp(self, late)
        return [
            {
                "level": "warning",
                "title": self.env._("Stock is late"),
                "message": self.env._(
                    "Changes since %(time)s are not known there yet. Open the queue, or press "
                    "“Send Stock Now” on the channel.",
                    time=since.strftime("%H:%M"),
                ),
            }
        ]

    @api.model
    def _own_stock_figure(self, company):
        """The storefront sells Odoo's own stock: nothing is sent, it is only shown."""
        products = self.env["product.product"].sudo()
        domain = [
            ("is_storable", "=", True),
            ("sale_ok", "=", True),
            ("company_id", "in", (False, company.id)),
        ]
        available = products.with_context(allowed_company_ids=company.ids).search_count(
            [*domain, ("qty_available", ">", 0)]
        )
        return self._figure(
            "stock_own",
            self.env._("Products in Stock"),
            available,
            "product.product_normal_action_sell",
            domain,
            "secondary",
        )
