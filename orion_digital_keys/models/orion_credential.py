from odoo import api, models

from .. import vault


class OrionCredential(models.Model):
    """Digital keys are encrypted with the suite's keys, and rotated with everything else."""

    _inherit = "orion.credential"

    @api.model
    def _rotation_targets(self):
        return [*super()._rotation_targets(), ("orion.digital.key", "value", None)]

    @api.model
    def _rotate_all(self):
        changed = vault.rotate_all(self.env)
        return changed + super()._rotate_all()

    @api.model
    def _start_anew(self):
        """Keys whose encryption is lost are nobody's keys any more."""
        keys = self.env["orion.digital.key"].sudo().search([("state", "=", "available")])
        keys.write({"state": "invalid", "reason": self.env._("The encryption key was lost.")})
        vault.forget_all(self.env)
        super()._start_anew()
