from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.orion_base.lib.health import Metric, rate
from odoo.addons.orion_base.models.orion_health import LAG_FLOORS

SUCCESS_LIMIT = 0.95
#: A sold piece that has no key after this long counts as a failure.
PATIENCE = timedelta(hours=1)


class OrionHealth(models.AbstractModel):
    _inherit = "orion.health"

    @api.model
    def _metrics(self, companies):
        """With how many sold pieces got their key, and the age of suppliers' catalogues."""
        lags = self._job_lags(companies)
        catalogue = Metric.worst(
            (metric for (_channel, job), metric in lags.items() if job == "catalog_sync"),
            LAG_FLOORS["catalog_sync"].total_seconds(),
        )
        return super()._metrics(companies) | {
            "digital_fulfillment_success_rate": self._success_rate(companies).as_dict(),
            "catalog_sync_lag_seconds": catalogue.as_dict(),
        }

    @api.model
    def _metric_texts(self):
        return super()._metric_texts() | {
            "digital_fulfillment_success_rate": (
                self.env._("Too many digital products have no key"),
                self.env._(
                    "Less than 95% of the digital pieces sold in the last 24 hours have their key. "
                    "Open Marketplaces > Digital Keys: each piece that waits says why."
                ),
            ),
            "catalog_sync_lag_seconds": (
                self.env._("A supplier's catalogue has not been read for too long"),
                self.env._(
                    "Open Monitoring > Schedules, run the catalogue of the channel now and read "
                    "its log. If it works, check that scheduled actions run on the server."
                ),
            ),
        }

    # === MEASURING === #

    @api.model
    def _success_rate(self, companies):
        """Of the pieces of the last 24 hours that have, or should have, their key: those that do.
        What was sold within the hour and waits does not count yet."""
        now = fields.Datetime.now()
        groups = self.env["orion.digital.piece"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("create_date", ">=", now - timedelta(hours=24)),
                ("state", "not in", ("cancelled", "refunded", "preordered")),
                "|",
                ("state", "in", ("claimed", "delivered")),
                ("create_date", "<", now - PATIENCE),
            ],
            ["state"],
            ["__count"],
        )
        counts = dict(groups)
        good = counts.get("claimed", 0) + counts.get("delivered", 0)
        return Metric.at_least(rate(good, sum(counts.values())), SUCCESS_LIMIT)
