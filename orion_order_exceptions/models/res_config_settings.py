from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    orion_exception_reminder_hours = fields.Integer(
        related="company_id.orion_exception_reminder_hours", readonly=False
    )
