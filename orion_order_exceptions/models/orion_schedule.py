from odoo import fields, models


class OrionSchedule(models.Model):
    _inherit = "orion.schedule"

    job_type = fields.Selection(
        selection_add=[("exception_match", "Matching of exceptions")],
        ondelete={"exception_match": "cascade"},
    )
