from odoo import fields, models


class OrionChannel(models.Model):
    _inherit = "orion.channel"

    tell_tracking = fields.Boolean(
        string="Tell Tracking of Deliveries",
        default=True,
        help="When a delivery with a tracking number is validated, the marketplace is told the "
        "number by itself, and once more when it is corrected. Off: only Set Tracking tells it.",
    )
