import hashlib
from secrets import token_urlsafe

from odoo import api, fields, models

from ..rpc import MANAGER, check_caller


class OrionHealthToken(models.TransientModel):
    """Shows a new token of the health page, once. Only its hash is stored."""

    _name = "orion.health.token"
    _description = "Health Token"

    token = fields.Char(store=False, copy=False, exportable=False)

    @api.model
    def action_generate(self):
        """Replace the token of `/orion/health` and show the new one."""
        check_caller(self.env["orion.channel"], MANAGER, "write")
        token = token_urlsafe(32)
        self.env["ir.config_parameter"].sudo().set_param(
            "orion_base.health_token_hash", hashlib.sha256(token.encode()).hexdigest()
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New health token"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_token": token},
        }
