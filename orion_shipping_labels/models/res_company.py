from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    orion_late_shipping_hours = fields.Integer(
        string="Remind of Orders to Ship after (hours)",
        default=48,
        help="The responsible gets an activity on an order that is confirmed for so many hours and "
        "has not left; 0 for never.",
    )

    _orion_late_shipping_positive = models.Constraint(
        "CHECK (orion_late_shipping_hours >= 0)",
        "The hours before a reminder must not be negative; 0 stands for never.",
    )
