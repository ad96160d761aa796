from odoo import fields, models
from odoo.exceptions import UserError

from ..rpc import MANAGER, check_caller


class OrionCredentialWizard(models.TransientModel):
    """Sets a secret of a channel."""

    _name = "orion.credential.wizard"
    _inherit = "orion.secret.entry"
    _description = "Set a Marketplace Key"
    _transient_max_hours = 1.0

    channel_id = fields.Many2one("orion.channel", required=True, readonly=True, ondelete="cascade")
    name = fields.Char(required=True, readonly=True, default="api_key")
    credential_type = fields.Selection(
        [("api_key", "API key"), ("oauth", "OAuth"), ("basic", "User and password")],
        string="Type",
        required=True,
        default="api_key",
    )
    expires_at = fields.Datetime(
        string="Expires", help="When the marketplace stops accepting it, if it said so."
    )

    def action_save(self):
        """Store the secret."""
        self._save()
        return {"type": "ir.actions.act_window_close"}

    def action_save_and_test(self):
        """Store the secret and call the marketplace with it."""
        self._save()
        action = self.channel_id.action_test_connection()
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action

    def _save(self):
        self.ensure_one()
        check_caller(self.channel_id, MANAGER, "write")
        sealed = self._take_sealed()
        if sealed is None:
            raise UserError(self.env._("Enter the key first."))
        self.env["orion.credential"]._store(
            self.channel_id,
            {self.name: sealed},
            {"credential_type": self.credential_type, "expires_at": self.expires_at},
        )
