from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    orion_payload_retention_days = fields.Integer(
        string="Keep Order Payloads",
        config_parameter="orion_orders.payload_retention_days",
        default=180,
        help="Days that what marketplaces sent of orders is kept, for replay and inquiry. Failed "
        "ones are kept until they are imported.",
    )
