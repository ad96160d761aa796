from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.orion_base.lib.health import Metric, rate

from ..lib.stock_adapter import VERB

#: Age of the oldest change that a marketplace does not know, at least.
LAG_FLOOR = timedelta(minutes=30)
ERROR_RATE_LIMIT = 0.05
DRIFT_LIMIT = 0


class OrionHealth(models.AbstractModel):
    _inherit = "orion.health"

    @api.model
    def _metrics(self, companies):
        """With how old the oldest untold change is, failing pushes, and drift."""
        metrics = super()._metrics(companies)
        channels = self.env["orion.channel"].search(
            [("company_id", "in", companies.ids), ("stock_sync_enabled", "=", True)]
        )
        own = {
            "inventory_pending_seconds": Metric.worst(
                self._stock_lags(channels).values(), LAG_FLOOR.total_seconds()
            ),
            "inventory_error_rate": self._stock_error_rate(channels),
            "inventory_drift_count": Metric.at_most(
                sum(channels.mapped("stock_drift_count")), DRIFT_LIMIT
            ),
        }
        return metrics | {name: metric.as_dict() for name, metric in own.items()}

    @api.model
    def _metric_texts(self):
        return super()._metric_texts() | {
            "inventory_pending_seconds": (
                self.env._("A marketplace does not know the stock"),
                self.env._(
                    "A change of stock has waited for too long. Open Monitoring > Queue and the "
                    "channel's card: they say what it waits for. Where the marketplace fetches a "
                    "feed, ask it to fetch it more often."
                ),
            ),
            "inventory_error_rate": (
                self.env._("Too many quantities are refused"),
                self.env._(
                    "More than 5% of the quantities of the last 24 hours were refused. Open "
                    "Marketplaces > Inventory, filter on Error and read why."
                ),
            ),
            "inventory_drift_count": (
                self.env._("A marketplace has other quantities than it was told"),
                self.env._(
                    "The daily comparison found them and told them again. Open Marketplaces > "
                    "Inventory, filter on Drift, and find out who else changes them there."
                ),
            ),
        }

    # === MEASURING === #

    @api.model
    def _stock_lags(self, channels, oldest=None):
        """How long the oldest change waits to be known there: `{channel id: Metric}`.

        :param oldest: what `_oldest_stock` says, where it was asked already
        """
        now = fields.Datetime.now()
        oldest = self._oldest_stock(channels) if oldest is None else oldest
        lags = {}
        for channel in channels:
            interval = timedelta(minutes=channel.stock_sync_interval_minutes)
            since = oldest.get(channel.id)
            value = max(0.0, (now - since).total_seconds()) if since else 0.0
            lags[channel.id] = Metric.at_most(
                round(value, 1), max(LAG_FLOOR, 2 * interval).total_seconds()
            )
        return lags

    @api.model
    def _oldest_stock(self, channels):
        """`{channel id: time}` of the oldest change that is not known there; two queries."""
        self.env["orion.listing"].flush_model(["stock_status", "stock_queued_at"])
        self.env["orion.stock.change"].flush_model(["changed_at"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT channel_id, min(since) FROM (
                    SELECT channel_id, min(changed_at) AS since FROM orion_stock_change
                     WHERE channel_id = ANY(%(channels)s) GROUP BY channel_id
                    UNION ALL
                    SELECT channel_id, min(stock_queued_at) FROM orion_listing
                     WHERE channel_id = ANY(%(channels)s) AND stock_status = 'pending'
                     GROUP BY channel_id) AS waiting
                 GROUP BY channel_id
                """,
                channels=channels.ids,
            )
        )
        return dict(rows)

    @api.model
    def _stock_error_rate(self, channels):
        counts = self._stock_outcomes(channels)
        failed = sum(count for (_channel, status), count in counts.items() if status == "failed")
        return Metric.at_most(rate(failed, sum(counts.values())), ERROR_RATE_LIMIT)

    @api.model
    def _stock_refusals(self, channels):
        """Share of the quantities of 24 hours that were refused: `{channel id: 0 to 1}`."""
        counts = self._stock_outcomes(channels)
        result = {}
        for channel in channels:
            failed, told = (counts.get((channel.id, one), 0) for one in ("failed", "completed"))
            result[channel.id] = failed / (failed + told) if failed else 0.0
        return result

    @api.model
    def _stock_outcomes(self, channels):
        """`{(channel id, status): quantities}` of the last 24 hours."""
        return {
            (channel.id, status): count
            for channel, status, count in self.env["orion.operation"]._read_group(
                [
                    ("channel_id", "in", channels.ids),
                    ("operation", "=", VERB),
                    ("status", "in", ("completed", "failed")),
                    ("create_date", ">=", fields.Datetime.now() - timedelta(hours=24)),
                ],
                ["channel_id", "status"],
                ["__count"],
            )
        }
