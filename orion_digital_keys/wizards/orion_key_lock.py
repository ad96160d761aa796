from odoo import fields, models


class OrionKeyLock(models.TransientModel):
    """Asks why free keys must not be given."""

    _name = "orion.key.lock"
    _description = "Lock Keys"

    key_ids = fields.Many2many("orion.digital.key", required=True, readonly=True)
    reason = fields.Char(required=True, help="Why they must not be given, and by whom it is known.")

    def action_lock(self):
        """Lock them for good."""
        self.ensure_one()
        self.key_ids._lock_free(self.reason)
        return {"type": "ir.actions.act_window_close"}
