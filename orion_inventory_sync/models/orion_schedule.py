from odoo import api, fields, models
from odoo.tools import SQL

JOB = "inventory_sync"
#: Seconds between two runs that follow changes: what happens meanwhile goes together.
GATHER_SECONDS = 1


class OrionSchedule(models.Model):
    _inherit = "orion.schedule"

    job_type = fields.Selection(
        selection_add=[(JOB, "Stock")],
        ondelete={JOB: "cascade"},
    )

    @api.model
    def _early_start(self):
        """Stock told in real time is due as soon as something has changed."""
        return SQL(
            """
            LEAST(%(other)s, (
                SELECT COALESCE(s.last_run_at + make_interval(secs => %(gather)s),
                                s.create_date)
                 WHERE s.job_type = %(job)s
                   AND EXISTS (SELECT 1 FROM orion_channel real_time
                                WHERE real_time.id = s.channel_id
                                  AND real_time.stock_sync_enabled
                                  AND real_time.sync_strategy = 'realtime')
                   AND EXISTS (SELECT 1 FROM orion_stock_change change
                                WHERE change.channel_id = s.channel_id)))
            """,
            other=super()._early_start(),
            gather=GATHER_SECONDS,
            job=JOB,
        )
