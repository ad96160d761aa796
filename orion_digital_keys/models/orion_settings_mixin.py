from odoo import fields, models

from .. import link
from .orion_digital_piece_late import DEFAULT_MINUTES, MINUTES_PARAMETER


class OrionSettingsMixin(models.AbstractModel):
    """How long addresses of keys work, and keys may take, on both settings screens."""

    _inherit = "orion.settings.mixin"

    orion_key_link_days = fields.Integer(
        string="Links to Keys (days)",
        config_parameter=link.DAYS_PARAMETER,
        default=link.DEFAULT_DAYS,
        help="An e-mail with keys has an address at which they can be seen without an account, "
        "for as many days.",
    )
    orion_key_waiting_minutes = fields.Integer(
        string="Tell of Missing Keys (minutes)",
        config_parameter=MINUTES_PARAMETER,
        default=DEFAULT_MINUTES,
        help="Customers who wait longer than this for a key are an activity for the responsible, "
        "one a product.",
    )

    _orion_key_link_days_positive = models.Constraint(
        "CHECK (orion_key_link_days > 0)", "Let links to keys work for at least one day."
    )
    _orion_key_waiting_minutes_positive = models.Constraint(
        "CHECK (orion_key_waiting_minutes > 0)",
        "Let customers wait for at least one minute before somebody is told.",
    )
