from odoo import fields, models


class OrionSchedule(models.Model):
    _inherit = "orion.schedule"

    job_type = fields.Selection(
        selection_add=[("label_fetch", "Fetching of labels")],
        ondelete={"label_fetch": "cascade"},
    )
