from odoo import fields, models


class OrionSettingsMixin(models.AbstractModel):
    """How long received orders are kept, on both settings screens."""

    _inherit = "orion.settings.mixin"

    orion_payload_retention_days = fields.Integer(
        string="Keep Order Payloads",
        config_parameter="orion_orders.payload_retention_days",
        default=180,
        help="Days that what marketplaces sent of orders is kept, for replay and inquiry. Failed "
        "ones are kept until they are imported.",
    )

    _orion_payload_days_positive = models.Constraint(
        "CHECK (orion_payload_retention_days > 0)",
        "Keep what marketplaces sent for at least one day.",
    )
