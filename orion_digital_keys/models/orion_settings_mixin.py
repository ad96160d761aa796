from odoo import fields, models

from .. import link


class OrionSettingsMixin(models.AbstractModel):
    """How long addresses of keys work, on both settings screens."""

    _inherit = "orion.settings.mixin"

    orion_key_link_days = fields.Integer(
        string="Links to Keys (days)",
        config_parameter=link.DAYS_PARAMETER,
        default=link.DEFAULT_DAYS,
        help="An e-mail with keys has an address at which they can be seen without an account, "
        "for as many days.",
    )

    _orion_key_link_days_positive = models.Constraint(
        "CHECK (orion_key_link_days > 0)", "Let links to keys work for at least one day."
    )
