from odoo import api, models

from odoo.addons.orion_base.lib.health import Metric
from odoo.addons.orion_base.models.orion_health import LAG_FLOORS

from .orion_schedule import CATALOGUE_JOB


class OrionHealth(models.AbstractModel):
    _inherit = "orion.health"

    @api.model
    def _metrics(self, companies):
        lags = self._job_lags(companies)
        lag = Metric.worst(
            (metric for (_channel, job), metric in lags.items() if job == CATALOGUE_JOB),
            LAG_FLOORS[CATALOGUE_JOB].total_seconds(),
        )
        return {**super()._metrics(companies), f"{CATALOGUE_JOB}_lag_seconds": lag.as_dict()}

    @api.model
    def _metric_texts(self):
        return {
            **super()._metric_texts(),
            f"{CATALOGUE_JOB}_lag_seconds": (
                self.env._("A supplier's catalogue has not been read for too long"),
                self.env._(
                    "Prices and stock of the keys you resell may be wrong. Open the channel, press "
                    "“Read what has changed”, and read its newest sync log."
                ),
            ),
        }
