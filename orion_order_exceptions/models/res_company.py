from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    orion_exception_reminder_hours = fields.Integer(
        string="Remind of Unknown Products after (hours)",
        default=24,
        help="Who is responsible for a channel gets one activity on it, with counts, when "
        "products have been unknown for so many hours; 0 for never.",
    )

    _orion_exception_reminder_positive = models.Constraint(
        "CHECK (orion_exception_reminder_hours >= 0)",
        "The hours before a reminder must not be negative; 0 stands for never.",
    )
