from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.orion_base.lib.health import Metric, rate
from odoo.addons.orion_base.models.orion_health import LAG_FLOORS

SUCCESS_LIMIT = 0.95
#: A sold piece whose key has not left after this long counts as a failure.
PATIENCE = timedelta(hours=1)


class OrionHealth(models.AbstractModel):
    _inherit = "orion.health"

    @api.model
    def _metrics(self, companies):
        """How many sold pieces have their key, and the age of suppliers' catalogues."""
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
                self.env._("Too many customers have no key"),
                self.env._(
                    "Less than 95% of the digital pieces sold in the last 24 hours have been sent "
                    "their key. Open Marketplaces > Digital Keys: each piece that waits says why; "
                    "where all have a key, look whether e-mails leave."
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
        """Of the pieces that were sold in the last 24 hours: those whose key has left by e-mail.

        A key that was reserved, or stands in an e-mail that no server has taken, has reached
        nobody: it counts as one that is missing. What was sold within the hour and has not left
        does not count yet.
        """
        now = fields.Datetime.now()
        pieces = self.env["orion.digital.piece"]
        sold = Domain("company_id", "in", companies.ids) & Domain(
            "create_date", ">=", now - timedelta(hours=24)
        )
        has_left = Domain("state", "=", "delivered") & Domain("sent_at", "!=", False)
        is_late = Domain("create_date", "<", now - PATIENCE) & Domain(
            "state", "not in", ("cancelled", "refunded", "preordered")
        )
        good = pieces.search_count(sold & has_left)
        bad = pieces.search_count(sold & is_late & ~has_left)
        return Metric.at_least(rate(good, good + bad), SUCCESS_LIMIT)
