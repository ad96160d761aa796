from odoo import fields, models


class LetzshopRefuseUnits(models.TransientModel):
    """Asks why pieces are refused."""

    _name = "letzshop.refuse.units"
    _description = "Refuse Letzshop Pieces"

    unit_ids = fields.Many2many("letzshop.inventory.unit", string="Pieces", required=True)
    reason = fields.Char(
        required=True, help="Kept on the pieces and in the order; Letzshop is not told."
    )

    def action_refuse(self):
        """Refuse the pieces."""
        self.ensure_one()
        units = self.unit_ids
        return units._notify(units._decide("reject", reason=self.reason))
