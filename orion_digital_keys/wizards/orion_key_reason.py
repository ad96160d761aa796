from odoo import api, fields, models


class OrionKeyReason(models.AbstractModel):
    """Dialogs that ask for a reason. A customer's sentence may quote the key: it is masked before a
    row is written."""

    _name = "orion.key.reason"
    _inherit = ["orion.key.dialog"]
    _description = "Reason About Keys"

    reason = fields.Char(required=True)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self.new(vals)._without_keys(vals) for vals in vals_list])

    def write(self, vals):
        for dialog in (*self, self.new(vals)):
            vals = dialog._without_keys(vals)
        return super().write(vals)

    def _without_keys(self, vals):
        reason = vals.get("reason")
        return {**vals, "reason": self._masked(reason)} if reason else vals

    def _masked(self, reason):
        """`reason` without the keys that this dialog is about."""
        return self._orders()._without_keys(reason)

    def _orders(self):
        """The orders whose keys it is about, in sudo."""
        return self.env["sale.order"].sudo()
