from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    orion_late_shipping_hours = fields.Integer(
        related="company_id.orion_late_shipping_hours", readonly=False
    )

    def set_values(self):
        super().set_values()
        self._keep_label_urls()
