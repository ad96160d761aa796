from odoo import fields, models


class OrionSettings(models.TransientModel):
    """When Managers are reminded of unknown products, for the company they work in."""

    _inherit = "orion.settings"

    orion_exception_reminder_hours = fields.Integer(
        string="Remind of Unknown Products after (hours)",
        default=lambda self: self.env.company.orion_exception_reminder_hours,
        help="The responsible gets an activity on an order whose product is unknown for so many "
        "hours; 0 for never.",
    )

    _orion_exception_reminder_positive = models.Constraint(
        "CHECK (orion_exception_reminder_hours >= 0)",
        "The hours before a reminder must not be negative; 0 stands for never.",
    )

    def _apply(self):
        super()._apply()
        for settings in self:
            hours = settings.orion_exception_reminder_hours
            self.env.company.sudo().orion_exception_reminder_hours = hours
