from odoo import fields, models


class OrionSchedule(models.Model):
    _inherit = "orion.schedule"

    job_type = fields.Selection(
        selection_add=[("order_history", "Order history")],
        ondelete={"order_history": "cascade"},
    )
