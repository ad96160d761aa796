from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The page “Marketplaces” of Odoo's settings."""

    _name = "res.config.settings"
    _inherit = ["res.config.settings", "orion.settings.mixin"]

    orion_notify_by_email = fields.Boolean(
        related="company_id.orion_notify_by_email", readonly=False
    )
