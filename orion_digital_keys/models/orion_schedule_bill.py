from odoo import api, models
from odoo.tools import SQL

from .orion_schedule import PURCHASE_JOB


class OrionSchedule(models.Model):
    """Invoices of suppliers are asked for when it is time."""

    _inherit = "orion.schedule"

    @api.model
    def _early_start(self):
        return SQL(
            """
            LEAST(%(other)s, CASE WHEN s.job_type = %(purchase)s THEN (
                SELECT min(billed.bill_at) FROM orion_key_purchase billed
                 WHERE billed.channel_id = s.channel_id AND billed.bill_at IS NOT NULL) END)
            """,
            other=super()._early_start(),
            purchase=PURCHASE_JOB,
        )
