from odoo import fields, models


class OrionSettings(models.TransientModel):
    _inherit = "orion.settings"

    orion_late_shipping_hours = fields.Integer(
        string="Remind of Orders to Ship after (hours)",
        default=lambda self: self.env.company.orion_late_shipping_hours,
        help="The responsible gets an activity on an order that is confirmed for so many hours and "
        "has not left; 0 for never.",
    )

    _orion_late_shipping_positive = models.Constraint(
        "CHECK (orion_late_shipping_hours >= 0)",
        "The hours before a reminder must not be negative; 0 stands for never.",
    )

    def _apply(self):
        super()._apply()
        self._keep_label_urls()
        for settings in self:
            hours = settings.orion_late_shipping_hours
            self.env.company.sudo().orion_late_shipping_hours = hours
