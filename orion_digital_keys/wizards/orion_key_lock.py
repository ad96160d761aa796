from odoo import fields, models

from .. import vault


class OrionKeyLock(models.TransientModel):
    """Asks why free keys must not be given."""

    _name = "orion.key.lock"
    _inherit = ["orion.key.reason"]
    _description = "Lock Keys"

    key_ids = fields.Many2many("orion.digital.key", required=True, readonly=True)
    reason = fields.Char(help="Why they must not be given, and by whom it is known.")

    def action_lock(self):
        """Lock them for good."""
        self.ensure_one()
        self.key_ids._lock_free(self.reason)
        return self._close_dialog(
            self.env._("Keys locked: %(count)s. Nobody is given them.", count=len(self.key_ids))
        )

    def _masked(self, reason):
        return vault.mask_in(self.key_ids._origin, super()._masked(reason))
